//! The document of the node's paths, read by `openapi-spec-validator` of PyPI where `python3` (or the one that
//! `ENTENTE_PYTHON` names) has it; where none is named the test says so and skips.

use std::path::Path;
use std::process::Command;

const SCRIPT: &str = r"
import json, sys
try:
    from openapi_spec_validator import OpenAPIV31SpecValidator
except ImportError as missing:
    print(missing, file=sys.stderr)
    sys.exit(77)
for error in OpenAPIV31SpecValidator(json.load(open(sys.argv[1]))).iter_errors():
    sys.exit(str(error)[:2000])
";

#[test]
fn another_reader_of_openapi_finds_the_document_sound() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reference/openapi.json");
    let python = std::env::var("ENTENTE_PYTHON").unwrap_or_else(|_| "python3".into());
    let Ok(run) = Command::new(&python).args(["-c", SCRIPT]).arg(&file).output() else {
        eprintln!("skipped: no {python}");
        return;
    };
    let said = String::from_utf8_lossy(&run.stderr);
    if run.status.code() == Some(77) {
        assert!(std::env::var_os("ENTENTE_PYTHON").is_none(), "{said}");
        eprintln!("skipped: {said}");
        return;
    }
    assert!(run.status.success(), "{said}");
}
