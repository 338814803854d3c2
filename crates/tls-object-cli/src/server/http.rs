//! As much HTTP/1.1 as answers one `GET /`.

use tls_object::{Closure, Error, ErrorKind, Read, Status};

use crate::facts::Facts;
use crate::pump::Pump;

/// How long a request may be, in bytes.
const REQUEST: usize = 16 * 1024;

/// How many fields its head may have.
const FIELDS: usize = 100;

/// An exchange of one request and one response.
#[derive(Default)]
pub(super) struct Http {
    request: Vec<u8>,
    response: Vec<u8>,
    sent: usize,
}

impl Http {
    /// Goes as far as it can without waiting; whether the response is sent, or the client has
    /// closed and asked nothing.
    ///
    /// # Errors
    /// What ended the connection, [`ErrorKind::Truncated`] included.
    pub(super) fn step(&mut self, pump: &mut Pump, scratch: &mut [u8]) -> Result<bool, Error> {
        while self.response.is_empty() {
            match pump.call(|tls| tls.read(scratch))? {
                Read::Data(n) => {
                    self.request.extend_from_slice(&scratch[..n]);
                    if let Some(response) = Response::to(&self.request) {
                        self.response = response.encode(&Facts::of(pump.tls()));
                    }
                }
                Read::WantRead | Read::WantWrite | Read::Suspended => return Ok(false),
                Read::Closed(Closure::Clean) => return Ok(true),
                Read::Closed(Closure::Truncated) => return Err(ErrorKind::Truncated.into()),
            }
        }
        while self.sent < self.response.len() {
            match pump.call(|tls| tls.write(&self.response[self.sent..]))? {
                Status::Done(n) => self.sent += n,
                Status::WantRead | Status::WantWrite | Status::Suspended => return Ok(false),
            }
        }
        Ok(true)
    }
}

#[derive(Debug, Eq, PartialEq)]
enum Response {
    Facts,
    BadRequest,
    NotFound,
    MethodNotAllowed,
    HeadTooLarge,
}

impl Response {
    /// The response to a request; `None` until its head is complete.
    fn to(request: &[u8]) -> Option<Self> {
        let mut fields = [httparse::EMPTY_HEADER; FIELDS];
        let mut head = httparse::Request::new(&mut fields);
        match head.parse(request) {
            Ok(httparse::Status::Partial) if request.len() < REQUEST => None,
            Ok(httparse::Status::Partial) | Err(httparse::Error::TooManyHeaders) => {
                Some(Self::HeadTooLarge)
            }
            Err(_) => Some(Self::BadRequest),
            Ok(httparse::Status::Complete(_)) => {
                let path = head.path.and_then(|target| target.split('?').next());
                Some(match (head.method, path) {
                    (Some("GET"), Some("/")) => Self::Facts,
                    (Some("GET"), _) => Self::NotFound,
                    _ => Self::MethodNotAllowed,
                })
            }
        }
    }

    /// The response as it is sent.
    fn encode(&self, facts: &Facts) -> Vec<u8> {
        let (status, fields, body) = match self {
            Self::Facts => ("200 OK", "Content-Type: application/json\r\n", facts.to_json() + "\n"),
            Self::BadRequest => ("400 Bad Request", "", String::new()),
            Self::NotFound => ("404 Not Found", "", String::new()),
            // RFC 9110 section 15.5.6: the field Allow is required.
            Self::MethodNotAllowed => ("405 Method Not Allowed", "Allow: GET\r\n", String::new()),
            Self::HeadTooLarge => ("431 Request Header Fields Too Large", "", String::new()),
        };
        let length = body.len();
        format!("HTTP/1.1 {status}\r\n{fields}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}")
            .into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_get_the_response_they_deserve() {
        for (request, response) in [
            ("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", Some(Response::Facts)),
            ("GET / HTTP/1.0\n\n", Some(Response::Facts)),
            ("GET /?again HTTP/1.1\r\n\r\n", Some(Response::Facts)),
            ("GET /favicon.ico HTTP/1.1\r\n\r\n", Some(Response::NotFound)),
            ("POST / HTTP/1.1\r\n\r\n", Some(Response::MethodNotAllowed)),
            ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Some(Response::BadRequest)),
            ("\u{1}\u{2}", Some(Response::BadRequest)),
            ("GET / HTTP/1.1\r\nHost: loc", None),
            ("", None),
        ] {
            assert_eq!(Response::to(request.as_bytes()), response, "{request:?}");
        }
    }

    #[test]
    fn a_request_without_end_is_refused() {
        let long = format!("GET / HTTP/1.1\r\nField: {}", "x".repeat(REQUEST));
        assert_eq!(Response::to(long.as_bytes()), Some(Response::HeadTooLarge));
        let many = "GET / HTTP/1.1\r\n".to_owned() + &"A: b\r\n".repeat(FIELDS + 1);
        assert_eq!(Response::to(many.as_bytes()), Some(Response::HeadTooLarge));
    }
}
