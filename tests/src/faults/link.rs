//! The bytes on their way to one end, and what befalls them.

use std::collections::VecDeque;

use tls_object::MemoryBio;

use super::{Fault, Mishap};

/// The bytes on their way to one end.
#[derive(Debug, Default)]
pub(super) struct Link {
    flying: VecDeque<u8>,
    /// What is yet to befall them, the next one first.
    faults: VecDeque<Fault>,
    /// How many bytes have arrived.
    arrived: usize,
    /// How many times nothing arrives.
    stalled: usize,
    cut: bool,
    /// Whether a fault has changed anything.
    pub(super) hurt: bool,
}

impl Link {
    /// Lets faults befall what arrives from now on.
    pub(super) fn expect(&mut self, mut faults: Vec<Fault>) {
        faults.sort_by_key(|fault| fault.at);
        (self.faults, self.arrived) = (faults.into(), 0);
    }

    /// How many bytes have not arrived yet.
    pub(super) fn waiting(&self) -> usize {
        self.flying.len()
    }

    /// Puts bytes on their way.
    pub(super) fn send(&mut self, bytes: &[u8]) {
        if !self.cut {
            self.flying.extend(bytes);
        }
    }

    /// Lets up to `most` bytes arrive; whether anything happened.
    pub(super) fn deliver(&mut self, most: usize, bio: &mut dyn MemoryBio) -> bool {
        if self.stalled > 0 {
            self.stalled -= 1;
            return true;
        }
        if let Some(fault) = self.faults.front().filter(|fault| fault.at <= self.arrived) {
            let mishap = fault.mishap;
            if self.flying.is_empty() && !matches!(mishap, Mishap::Cut | Mishap::Stall(_)) {
                return false;
            }
            self.faults.pop_front();
            self.befall(mishap, bio);
            return true;
        }
        let until = self.faults.front().map_or(usize::MAX, |fault| fault.at - self.arrived);
        let (front, _) = self.flying.as_slices();
        let n = front.len().min(most).min(until);
        // Nothing is on its way to an end whose transport has ended.
        let n = if n == 0 { 0 } else { bio.write(&front[..n]).unwrap_or(0) };
        self.flying.drain(..n);
        self.arrived += n;
        n > 0
    }

    fn befall(&mut self, mishap: Mishap, bio: &mut dyn MemoryBio) {
        self.hurt |= !mishap.is_harmless();
        match mishap {
            Mishap::Corrupt(bit) => self.flying[0] ^= 1 << bit,
            Mishap::Drop(n) => drop(self.flying.drain(..n.min(self.flying.len()))),
            Mishap::Repeat(n) => {
                let again: Vec<u8> = self.flying.iter().take(n).copied().collect();
                again.into_iter().rev().for_each(|byte| self.flying.push_front(byte));
            }
            Mishap::Cut => self.end(bio),
            Mishap::Stall(times) => self.stalled = times,
        }
    }

    /// Ends the transport here.
    pub(super) fn end(&mut self, bio: &mut dyn MemoryBio) {
        self.cut = true;
        self.flying.clear();
        bio.write_eof();
    }
}

#[cfg(test)]
mod tests {
    use tls_object::{Side, VecBio};

    use super::*;

    /// What arrives of ten bytes that are sent at once, and whether the link counts as hurt.
    fn arrives(most: usize, mishap: Mishap) -> (Vec<u8>, bool) {
        let (mut link, mut bio) = (Link::default(), VecBio::new());
        link.expect(vec![Fault { to: Side::Client, at: 3, mishap }]);
        link.send(&[0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
        while link.deliver(most, &mut bio) {}
        (bio.peek().to_vec(), link.hurt)
    }

    #[test]
    fn a_fault_befalls_the_bytes_behind_those_that_have_arrived() {
        for most in [1, 2, 100] {
            let corrupt = arrives(most, Mishap::Corrupt(7));
            assert_eq!(corrupt, (vec![0, 1, 2, 0x83, 4, 5, 6, 7, 8, 9], true));
            assert_eq!(arrives(most, Mishap::Drop(2)), (vec![0, 1, 2, 5, 6, 7, 8, 9], true));
            let repeat = arrives(most, Mishap::Repeat(2));
            assert_eq!(repeat, (vec![0, 1, 2, 3, 4, 3, 4, 5, 6, 7, 8, 9], true));
            assert_eq!(arrives(most, Mishap::Cut), (vec![0, 1, 2], true));
            assert_eq!(arrives(most, Mishap::Stall(5)), ((0..10).collect(), false));
        }
    }
}
