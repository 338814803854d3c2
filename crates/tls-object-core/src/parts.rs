//! Bytes in several pieces, put together into records.

use std::io::IoSlice;

/// What is left of a list of slices.
pub(crate) struct Parts<'a> {
    /// Of the slice that is being taken from; not empty while there is anything.
    current: &'a [u8],
    rest: &'a [IoSlice<'a>],
}

impl<'a> Parts<'a> {
    pub(crate) fn new(parts: &'a [IoSlice<'a>]) -> Self {
        let mut all = Self { current: &[], rest: parts };
        all.skip_empty();
        all
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.current.is_empty()
    }

    /// Takes the next bytes, `room` of them at most and fewer only where there are no more: from one
    /// slice as they lie there, from several by way of `gathered`.
    pub(crate) fn next_record<'b>(&mut self, room: usize, gathered: &'b mut Vec<u8>) -> &'b [u8]
    where
        'a: 'b,
    {
        if self.current.len() >= room || self.rest.iter().all(|part| part.is_empty()) {
            return self.take(room);
        }
        gathered.clear();
        let left =
            self.rest.iter().fold(self.current.len(), |sum, part| sum.saturating_add(part.len()));
        gathered.reserve(room.min(left));
        while gathered.len() < room && !self.is_empty() {
            let piece = self.take(room - gathered.len());
            gathered.extend_from_slice(piece);
        }
        gathered
    }

    /// Takes from the current slice.
    fn take(&mut self, most: usize) -> &'a [u8] {
        let (piece, left) = self.current.split_at(self.current.len().min(most));
        self.current = left;
        self.skip_empty();
        piece
    }

    fn skip_empty(&mut self) {
        while self.current.is_empty() {
            let Some((next, rest)) = self.rest.split_first() else { return };
            (self.current, self.rest) = (next, rest);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn records(parts: &[&[u8]], room: usize) -> Vec<Vec<u8>> {
        let parts: Vec<_> = parts.iter().map(|part| IoSlice::new(part)).collect();
        let mut parts = Parts::new(&parts);
        let mut gathered = Vec::new();
        let mut records = Vec::new();
        while !parts.is_empty() {
            records.push(parts.next_record(room, &mut gathered).to_vec());
        }
        records
    }

    #[test]
    fn small_parts_share_a_record() {
        assert_eq!(records(&[b"ab", b"", b"cde", b"f"], 4), [&b"abcd"[..], b"ef"]);
        assert_eq!(records(&[b"", b"abcd", b"ef", b""], 4), [&b"abcd"[..], b"ef"]);
        assert_eq!(records(&[b"abcdefg", b"h"], 3), [&b"abc"[..], b"def", b"gh"]);
        assert_eq!(records(&[b"", b""], 4), [b""; 0]);
        assert_eq!(records(&[], 4), [b""; 0]);
    }

    #[test]
    fn nothing_is_copied_that_lies_together() {
        let part = [7; 10];
        let slices = [IoSlice::new(&part), IoSlice::new(&[])];
        let (mut parts, mut gathered) = (Parts::new(&slices), Vec::new());
        assert_eq!(parts.next_record(6, &mut gathered).as_ptr(), part.as_ptr());
        assert_eq!(parts.next_record(6, &mut gathered).len(), 4);
        assert_eq!(gathered.capacity(), 0);
    }
}
