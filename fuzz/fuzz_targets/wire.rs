//! Two ends, of any backends, and a wire on which bytes change, vanish, come twice or end.

#![no_main]

use libfuzzer_sys::fuzz_target;
use tls_object::Side;
use tls_object_fuzz::input::Input;
use tls_object_fuzz::labs::Lab;
use tls_object_fuzz::wire::{Wire, converse};

fuzz_target!(|input: &[u8]| {
    let mut input = Input::new(input);
    let [client, server] = [Lab::chosen(&mut input), Lab::chosen(&mut input)];
    let tls13 = input.flag();
    let wires = [Wire::new(&mut input), Wire::new(&mut input)];
    let ends = (client.object(Side::Client, tls13), server.object(Side::Server, tls13));
    let (Some(client), Some(server)) = ends else { return };
    converse(client, server, wires);
});
