//! What the fuzz targets share. Each target is a file in `fuzz_targets/` and says what it holds.

pub mod bytes;
pub mod ends;
pub mod ffi;
pub mod input;
pub mod labs;
pub mod wire;
