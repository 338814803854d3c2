//! Early data that has arrived at a server.

/// For backends: early data that has arrived at a server and waits to be read.
#[derive(Debug, Default)]
pub struct EarlyData {
    bytes: Vec<u8>,
    read: usize,
    over: bool,
}

impl EarlyData {
    /// Keeps more of it. The library sees to the limit.
    pub fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Notes that no more will come.
    pub fn end(&mut self) {
        self.over = true;
    }

    /// Whether no more will come.
    pub const fn is_over(&self) -> bool {
        self.over
    }

    /// Whether some waits to be read.
    pub const fn waits(&self) -> bool {
        self.read < self.bytes.len()
    }

    /// Moves as much as fits to `dst`; how much that was.
    pub(crate) fn read(&mut self, dst: &mut [u8]) -> usize {
        let rest = &self.bytes[self.read..];
        let n = rest.len().min(dst.len());
        dst[..n].copy_from_slice(&rest[..n]);
        self.read += n;
        if !self.waits() {
            *self = Self { over: self.over, ..Self::default() };
        }
        n
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_arrives_is_read_once_in_order() {
        let mut early = EarlyData::default();
        early.push(b"abc");
        let mut two = [0; 2];
        assert_eq!((early.read(&mut two), two), (2, *b"ab"));
        early.push(b"d");
        assert!(early.waits() && !early.is_over());
        assert_eq!((early.read(&mut two), two), (2, *b"cd"));
        early.end();
        assert_eq!(early.read(&mut two), 0);
        assert!(!early.waits() && early.is_over());
    }
}
