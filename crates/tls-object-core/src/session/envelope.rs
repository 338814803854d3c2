//! Bytes of a session with all that says where it belongs.
//!
//! Eight bytes that say what they are; the parts, each behind its length in 4 bytes, the high one first; SHA-256 of all
//! that, which tells bytes that were changed by accident.

use sha2::{Digest as _, Sha256};

use crate::{Error, ErrorKind};

const DIGEST_LEN: usize = 32;

/// `parts` as bytes that begin with `magic`.
///
/// # Errors
/// [`ErrorKind::InvalidSession`]: a part is longer than 4 bytes can say.
pub(crate) fn seal<const N: usize>(magic: &[u8; 8], parts: [&[u8]; N]) -> Result<Vec<u8>, Error> {
    let len: usize = parts.iter().map(|part| 4 + part.len()).sum();
    // All at once: what is moved to make room leaves secrets behind.
    let mut sealed = Vec::with_capacity(magic.len() + len + DIGEST_LEN);
    sealed.extend(magic);
    for part in parts {
        let len = u32::try_from(part.len()).map_err(|_| invalid("too long"))?;
        sealed.extend(len.to_be_bytes());
        sealed.extend(part);
    }
    let digest = Sha256::digest(&sealed);
    sealed.extend(digest);
    Ok(sealed)
}

/// The parts of what [`seal`] has made with the same `magic`.
///
/// # Errors
/// [`ErrorKind::InvalidSession`]: these are other bytes, or not all of them.
pub(crate) fn open<'a, const N: usize>(
    magic: &[u8; 8],
    sealed: &'a [u8],
) -> Result<[&'a [u8]; N], Error> {
    let (body, digest) = sealed
        .len()
        .checked_sub(DIGEST_LEN)
        .map(|body| sealed.split_at(body))
        .ok_or_else(|| invalid("too short"))?;
    let mut rest = body.strip_prefix(magic).ok_or_else(|| invalid("another beginning"))?;
    if Sha256::digest(body)[..] != *digest {
        return Err(invalid("changed since"));
    }
    let mut parts: [&[u8]; N] = [&[]; N];
    for part in &mut parts {
        let (len, behind) = rest.split_first_chunk().ok_or_else(|| invalid("cut off"))?;
        let len = usize::try_from(u32::from_be_bytes(*len)).unwrap_or(usize::MAX);
        (*part, rest) = behind.split_at_checked(len).ok_or_else(|| invalid("cut off"))?;
    }
    if rest.is_empty() { Ok(parts) } else { Err(invalid("too long")) }
}

#[cold]
pub(crate) fn invalid(why: &'static str) -> Error {
    Error::new(ErrorKind::InvalidSession).with_detail(why)
}
