//! A server that is sent anything, from the beginning or after flights of a real client.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_object::Side;

fuzz_target!(|input: &[u8]| tls_object_fuzz::bytes::fuzz(Side::Server, input));
