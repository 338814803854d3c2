//! What cases came to on a backend, counted.

/// What a case came to: the last of these that is true of any of its steps.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    /// Every step came to what it should.
    Kept,
    /// A library differed as `docs/deviations.toml` lists.
    Deviating,
    /// A step came to something else for want of a capability: a fact was not told, or bytes were counted under another suite.
    Untold,
    /// The backend has refused a step, or the contexts, for want of a capability.
    Refused,
    /// A step came to something else.
    Wrong,
}

/// How many cases came to what on a backend; each counts once.
#[non_exhaustive]
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tally {
    /// As CPython, or otherwise for a reason of this project's.
    pub kept: usize,
    /// Different in a way that `docs/deviations.toml` lists.
    pub deviating: usize,
    /// Different where the backend lacks the capability that would tell what is so.
    pub untold: usize,
    /// Refused for want of a capability.
    pub refused: usize,
    /// Different for no reason.
    pub wrong: usize,
}

impl FromIterator<Verdict> for Tally {
    fn from_iter<I: IntoIterator<Item = Verdict>>(verdicts: I) -> Self {
        let mut tally = Self::default();
        for verdict in verdicts {
            *match verdict {
                Verdict::Kept => &mut tally.kept,
                Verdict::Deviating => &mut tally.deviating,
                Verdict::Untold => &mut tally.untold,
                Verdict::Refused => &mut tally.refused,
                Verdict::Wrong => &mut tally.wrong,
            } += 1;
        }
        tally
    }
}
