//! The parts of pages that are generated, between lines that say so.

use anyhow::{Context as _, Result};

/// `page` with the part called `name` as it should be: `text`.
///
/// # Errors
/// If the page has no lines for the part.
pub(crate) fn renew(page: &str, name: &str, text: &str) -> Result<String> {
    let begin = format!(
        "<!-- {name}: generated from here on; run `cargo xtask docs` after a change. -->\n"
    );
    let end = format!("<!-- {name}: up to here. -->\n");
    let (before, rest) = page.split_once(&begin).context("no line that begins the part")?;
    let (_, after) = rest.split_once(&end).context("no line that ends the part")?;
    Ok(format!("{before}{begin}\n{text}\n{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_renewed_and_the_rest_stays() {
        let begin = "<!-- a: generated from here on; run `cargo xtask docs` after a change. -->\n";
        let page = format!("one\n{begin}old\n<!-- a: up to here. -->\ntwo\n");
        let renewed = renew(&page, "a", "new").unwrap();
        assert_eq!(renewed, format!("one\n{begin}\nnew\n<!-- a: up to here. -->\ntwo\n"));
        assert_eq!(renew(&renewed, "a", "new").unwrap(), renewed);
        assert!(renew(&page, "b", "new").is_err());
    }
}
