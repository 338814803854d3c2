//! What both ends of a connection do.

use core::str::FromStr;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

/// How much is written or read at a time in bulk, in bytes.
const CHUNK: usize = 64 * 1024;

/// The size of a message that is sent back, in bytes.
const MESSAGE: usize = 64;

/// What is done on a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Work {
    /// So many bytes go from the client to the server.
    Bulk(usize),
    /// So often a message goes to the server and back.
    Echo(usize),
}

/// By the names of the counted cases, such as `tcp/bulk/1m` or `tcp/echo/64x32`, 32 round trips.
impl FromStr for Work {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "tcp/bulk/1m" => Ok(Self::Bulk(1024 * 1024)),
            "tcp/echo/64x32" => Ok(Self::Echo(32)),
            _ => Err(format!("no case has the name {name:?}")),
        }
    }
}

impl Work {
    /// A little of the same, after a message there and back that brings the server's tickets with it.
    pub(super) const fn warm_up(self) -> [Self; 2] {
        let little = match self {
            Self::Bulk(_) => Self::Bulk(4 * CHUNK),
            Self::Echo(_) => Self::Echo(16),
        };
        [Self::Echo(1), little]
    }

    /// Does the client's part.
    ///
    /// # Errors
    /// Those of the connection.
    pub(super) async fn client(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> io::Result<()> {
        match self {
            Self::Bulk(mut left) => {
                let data = vec![0x5a; CHUNK];
                while left > 0 {
                    let n = left.min(CHUNK);
                    stream.write_all(&data[..n]).await?;
                    left -= n;
                }
                stream.flush().await
            }
            Self::Echo(rounds) => {
                let mut message = [0x5a; MESSAGE];
                for _ in 0..rounds {
                    stream.write_all(&message).await?;
                    stream.flush().await?;
                    stream.read_exact(&mut message).await?;
                }
                Ok(())
            }
        }
    }

    /// Does the server's part.
    ///
    /// # Errors
    /// Those of the connection.
    pub(super) async fn server(
        self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
    ) -> io::Result<()> {
        match self {
            Self::Bulk(mut left) => {
                let mut buffer = vec![0; CHUNK];
                while left > 0 {
                    let n = stream.read(&mut buffer).await?;
                    if n == 0 {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    left -= n;
                }
                Ok(())
            }
            Self::Echo(rounds) => {
                let mut message = [0; MESSAGE];
                for _ in 0..rounds {
                    stream.read_exact(&mut message).await?;
                    stream.write_all(&message).await?;
                    stream.flush().await?;
                }
                Ok(())
            }
        }
    }
}
