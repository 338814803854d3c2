//! One macro for the code points that IANA keeps registries of.

/// Defines a newtype over a code point with a constant, an IANA name, an OpenSSL name and its aliases for
/// each value that this project knows. A value without a name is still a value: it prints as
/// its number.
macro_rules! registry {
    (
        $(#[$type_doc:meta])*
        pub struct $Type:ident($repr:ty);
        $(
            $(#[$doc:meta])*
            $NAME:ident = $code:literal, $iana:literal, $openssl:literal $(| $alias:literal)*;
        )*
    ) => {
        $(#[$type_doc])*
        #[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $Type($repr);

        impl $Type {
            $( $(#[$doc])* #[doc = concat!("`", $iana, "`, ", stringify!($code), ".")]
            pub const $NAME: Self = Self($code); )*

            /// Every value that has a constant, in the order of the constants.
            pub const KNOWN: &'static [Self] = &[$(Self::$NAME),*];

            /// The value with this code point.
            pub const fn new(code: $repr) -> Self {
                Self(code)
            }

            /// The code point in the IANA registry.
            pub const fn code(self) -> $repr {
                self.0
            }

            /// The name in the IANA registry.
            pub const fn iana_name(self) -> Option<&'static str> {
                match self.0 {
                    $( $code => Some($iana), )*
                    _ => None,
                }
            }

            /// The name that OpenSSL uses.
            pub const fn openssl_name(self) -> Option<&'static str> {
                match self.0 {
                    $( $code => Some($openssl), )*
                    _ => None,
                }
            }

            /// Other names that OpenSSL takes for it.
            pub const fn aliases(self) -> &'static [&'static str] {
                match self.0 {
                    $( $code => &[$($alias),*], )*
                    _ => &[],
                }
            }

            /// The value with this IANA or OpenSSL name or alias, in any case.
            pub fn from_name(name: &str) -> Option<Self> {
                Self::KNOWN.iter().copied().find(|known| {
                    [known.iana_name(), known.openssl_name()]
                        .into_iter()
                        .flatten()
                        .chain(known.aliases().iter().copied())
                        .any(|known| known.eq_ignore_ascii_case(name))
                })
            }
        }

        /// The IANA name, or the code point in hexadecimal.
        impl core::fmt::Display for $Type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                match self.iana_name() {
                    Some(name) => f.write_str(name),
                    None => write!(f, "{:#06x}", self.0),
                }
            }
        }

        impl core::fmt::Debug for $Type {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($Type), "({})"), self)
            }
        }
    };
}

pub(crate) use registry;
