//! Dates.

use tls_object_core::Error;

use crate::der::{GENERALIZED_TIME, Reader, UTC_TIME, invalid};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A date as a certificate has it. Need not be one.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Time {
    /// Whether the year has four digits.
    generalized: bool,
    text: Box<[u8]>,
}

/// A date taken apart; in UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Parts {
    year: i64,
    month: i64,
    day: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Time {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        match reader.next()? {
            Some(value) if [UTC_TIME, GENERALIZED_TIME].contains(&value.tag) => {
                Ok(Self { generalized: value.tag == GENERALIZED_TIME, text: value.content.into() })
            }
            _ => Err(invalid("date")),
        }
    }

    /// The date as it is spelled, such as `20500101000000Z`.
    pub fn text(&self) -> &[u8] {
        &self.text
    }

    /// Seconds since 1970; `None` if it is no date.
    pub fn unix(&self) -> Option<i64> {
        self.parse().map(Parts::unix)
    }

    /// As Python has it, such as `Nov  2 01:53:22 2026 GMT`; `Bad time value` if it is no date.
    pub(crate) fn python(&self) -> String {
        let Some(parts) = self.parse() else { return "Bad time value".to_owned() };
        let Parts { year, day, hour, minute, second, .. } = parts;
        // Between 1 and 12.
        let month = MONTHS[parts.month as usize - 1];
        let fraction = self.fraction();
        format!("{month} {day:2} {hour:02}:{minute:02}:{second:02}{fraction} {year} GMT")
    }

    /// The fraction of a second, if there is one where OpenSSL looks for it.
    fn fraction(&self) -> &str {
        const PLACE: usize = 14;
        if !self.generalized || self.text.len() <= PLACE + 1 || self.text[PLACE] != b'.' {
            return "";
        }
        let digits = self.text[PLACE + 1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        str::from_utf8(&self.text[PLACE..=PLACE + digits]).unwrap_or("")
    }

    /// As OpenSSL reads it: seconds may be missing, and a time zone be given.
    fn parse(&self) -> Option<Parts> {
        let mut text = Digits(&self.text);
        let year = if self.generalized {
            text.pair(0..=99)? * 100 + text.pair(0..=99)?
        } else {
            let year = text.pair(0..=99)?;
            // RFC 5280 section 4.1.2.5.1.
            if year < 50 { 2000 + year } else { 1900 + year }
        };
        let month = text.pair(1..=12)?;
        let day = text.pair(1..=31)?;
        let hour = text.pair(0..=23)?;
        let minute = text.pair(0..=59)?;
        let second = if text.has_zone() { 0 } else { text.pair(0..=59)? };
        let parts = Parts { year, month, day, hour, minute, second };
        if day > days_of(year, month) {
            return None;
        }
        if self.generalized && text.0.first() == Some(&b'.') {
            let digits = text.0[1..].iter().take_while(|byte| byte.is_ascii_digit()).count();
            if digits == 0 {
                return None;
            }
            text.0 = &text.0[1 + digits..];
        }
        let (&sign, zone) = text.0.split_first()?;
        match sign {
            b'Z' if zone.is_empty() => Some(parts),
            b'+' | b'-' if zone.len() == 4 => {
                let mut zone = Digits(zone);
                let seconds = zone.pair_at_end(0..=12)? * 3600 + zone.pair_at_end(0..=59)? * 60;
                let seconds = if sign == b'-' { seconds } else { -seconds };
                // OpenSSL knows no dates before the year 0.
                Some(Parts::from_unix(parts.unix() + seconds)).filter(|parts| parts.year >= 0)
            }
            _ => None,
        }
    }
}

/// What is left of a date, read two digits at a time.
struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    /// Two digits, behind which there is more.
    fn pair(&mut self, range: core::ops::RangeInclusive<i64>) -> Option<i64> {
        self.pair_at_end(range).filter(|_| !self.0.is_empty())
    }

    fn pair_at_end(&mut self, range: core::ops::RangeInclusive<i64>) -> Option<i64> {
        let (pair, rest) = self.0.split_first_chunk::<2>()?;
        self.0 = rest;
        let digit = |byte: u8| byte.is_ascii_digit().then(|| i64::from(byte - b'0'));
        let number = digit(pair[0])? * 10 + digit(pair[1])?;
        range.contains(&number).then_some(number)
    }

    fn has_zone(&self) -> bool {
        matches!(self.0.first(), Some(b'Z' | b'+' | b'-'))
    }
}

const fn is_leap(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

const fn days_of(year: i64, month: i64) -> i64 {
    match month {
        2 if is_leap(year) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// How many leap years there are before `year`, from the year 0 on.
const fn leap_years_before(year: i64) -> i64 {
    if year == 0 { 0 } else { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 }
}

/// Days from the beginning of the year 0 to that of `year`.
const fn days_before(year: i64) -> i64 {
    year * 365 + leap_years_before(year)
}

const DAY: i64 = 24 * 60 * 60;

impl Parts {
    /// Seconds since 1970.
    fn unix(self) -> i64 {
        let days = days_before(self.year) - days_before(1970)
            + (1..self.month).map(|month| days_of(self.year, month)).sum::<i64>()
            + self.day
            - 1;
        days * DAY + self.hour * 3600 + self.minute * 60 + self.second
    }

    /// The date so many seconds after 1970. One before the year 0 comes out with a negative year, and otherwise wrong.
    fn from_unix(seconds: i64) -> Self {
        let of_day = seconds.rem_euclid(DAY);
        let days = seconds.div_euclid(DAY) + days_before(1970);
        if days < 0 {
            return Self { year: -1, month: 12, day: 31, hour: 0, minute: 0, second: 0 };
        }
        let mut year = days / 366;
        while days_before(year + 1) <= days {
            year += 1;
        }
        let mut day = days - days_before(year);
        let mut month = 1;
        while day >= days_of(year, month) {
            day -= days_of(year, month);
            month += 1;
        }
        let (hour, minute, second) = (of_day / 3600, of_day / 60 % 60, of_day % 60);
        Self { year, month, day: day + 1, hour, minute, second }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Time {
        let generalized = text.split(['Z', '+', '-', '.']).next().unwrap().len() == 14;
        Time { generalized, text: text.as_bytes().into() }
    }

    #[test]
    fn seconds_since_1970() {
        for (text, expected) in [
            ("700101000000Z", Some(0)),
            ("20000229120000Z", Some(951_825_600)),
            ("20501231235959Z", Some(2_556_143_999)),
            ("150701000000Z", Some(1_435_708_800)),
            ("19691231235959Z", Some(-1)),
            ("150701013000+0130", Some(1_435_708_800)),
            ("19000229000000Z", None),
            ("150732000000Z", None),
        ] {
            assert_eq!(time(text).unix(), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn there_and_back(seconds in -60_000_000_000_i64..250_000_000_000) {
            prop_assert_eq!(Parts::from_unix(seconds).unix(), seconds);
        }

        #[test]
        fn anything_is_read(generalized: bool, text in "[0-9Z.+-]{0,20}") {
            let time = Time { generalized, text: text.as_bytes().into() };
            prop_assert_eq!(time.python() == "Bad time value", time.unix().is_none());
        }
    }
}
