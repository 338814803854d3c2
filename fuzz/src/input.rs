//! A fuzzer's bytes, read from the front.

/// What the fuzzer made, as far as it was not read. What is not there reads as zero.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a>(&'a [u8]);

impl<'a> Input<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn u8(&mut self) -> u8 {
        let Some((&first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        first
    }

    pub fn u16(&mut self) -> u16 {
        u16::from_be_bytes([self.u8(), self.u8()])
    }

    pub fn flag(&mut self) -> bool {
        self.u8() & 1 == 1
    }

    /// As many bytes as the next one says, or as there are.
    pub fn slice(&mut self) -> &'a [u8] {
        let len = usize::from(self.u8());
        let (slice, rest) = self.0.split_at(len.min(self.0.len()));
        self.0 = rest;
        slice
    }

    pub fn one_of<T>(&mut self, of: &'a [T]) -> &'a T {
        &of[usize::from(self.u8()) % of.len()]
    }

    /// Up to seven of these, in any order and as often as it comes.
    pub fn some_of<T: Clone>(&mut self, of: &'a [T]) -> Vec<T> {
        (0..self.u8() % 8).map(|_| self.one_of(of).clone()).collect()
    }

    /// All that is left.
    pub fn rest(self) -> &'a [u8] {
        self.0
    }
}
