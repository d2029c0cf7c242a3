//! What `entente decode` picks, counts and tells, `describe` and `inspect`, as a user runs them.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking, in its helpers too")]

use serde_json::Value;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::UdpSocket;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

/// A file of this test alone, gone with the value.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, bytes: &[u8]) -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("entente-select-{}-{number}-{name}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, bytes).unwrap();
        Self(path)
    }

    fn text(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn entente(words: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_entente")).args(words).output().unwrap()
}

fn told(words: &[&str]) -> String {
    let output = entente(words);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |digit: u8| (digit as char).to_digit(16).unwrap() as u8;
    digits.chunks(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
}

fn block(category: u8, records: &str) -> Vec<u8> {
    let records = hex(records);
    [&[category], &(records.len() as u16 + 3).to_be_bytes()[..], &records].concat()
}

/// 010 140 020 040 070 090 · 220 240 161 · 230; 25/201, 4CA123, BTI4RA, code 1234 valid.
const ROLL_CALL: &str = "fdd102 19c9 6633a0 a4 0a00 4000 029c 05c9 4ca123 094274481820 0123 2400";
/// The same of 25/202 with the code garbled and not validated, and no more.
const GARBLED: &str = "f0 19ca 6633a0 a4 0a00 4000";
/// 010 140 and 250 with BDS 5,0 of a published example and 4,0.
const REGISTERS: &str = "c120 19c9 6633a0 02 8195 1536e024d4 50 ca3e51f0a80000 40";

fn sample() -> Scratch {
    let code = block(48, "c8 19ca 6633a0 c29c");
    Scratch::new(
        "sample.ast",
        &[block(48, ROLL_CALL), block(48, GARBLED), code, block(34, "f0 19c9 01 6633a0 00")]
            .concat(),
    )
}

fn records(options: &[&str], file: &Scratch) -> Vec<Value> {
    let text = told(&[&["decode", file.text()], options].concat());
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn records_are_picked_by_category_sensor_and_what_their_items_say() {
    let file = sample();
    let count = |options: &[&str]| records(options, &file).len();
    assert_eq!(count(&[]), 4);
    assert_eq!(count(&["--category", "48"]), 3);
    assert_eq!(count(&["--sensor", "25/201"]), 2);
    for (expression, expected) in [
        ("I048/070/V=0", 1),
        ("048/070/V", 2),
        ("048/070/V == 1", 1),
        ("048/220 = 4CA123", 1),
        ("048/220 = 4ca123 and 048/240 = BTI4RA", 1),
        ("048/070/MODE3A = 1234", 2),
        ("048/040/RHO >= 9.99 and 048/040/RHO < 10.01", 2),
        ("not (048/070 or 034/000)", 1),
        ("034/000 = 'North marker message'", 1),
    ] {
        assert_eq!(count(&["--where", expression]), expected, "{expression}");
    }
    assert_eq!(count(&["--where", "048/070", "--where", "048/220"]), 1);
    assert_eq!(count(&["--limit", "2"]), 2);
}

#[test]
fn one_fitting_member_of_a_list_is_enough() {
    let file = Scratch::new(
        "list.ast",
        &[block(48, "c10140 19c9 6633a0 0304"), block(48, ROLL_CALL)].concat(),
    );
    assert_eq!(records(&["--where", "048/030 = 2"], &file).len(), 1);
    assert_eq!(records(&["--where", "048/030 = 5"], &file).len(), 0);
}

#[test]
fn an_expression_that_makes_no_sense_is_refused_with_the_remedy() {
    let output = entente(&["decode", "x", "--where", "048/070 = 0"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("compare one of V, G, L, MODE3A"));
}

#[test]
fn what_can_never_be_is_refused_before_anything_is_read() {
    let said = |words: &[&str]| {
        let output = entente(&[&["decode", "x"], words].concat());
        assert_eq!(output.status.code(), Some(2), "{words:?}");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    let found = said(&["--where", "048/040/RHO > abc"]);
    assert!(found.contains("--where: I048/040/RHO > abc can never be: it is a number"), "{found}");
    let found = said(&["--category", "48,30"]);
    assert!(
        found.contains("--category 30: no tables for CAT030; there are those of 001"),
        "{found}"
    );
    let found = said(&["--where", "048/RE/MD5 "]);
    assert!(found.contains("it would be with --edition 48=+1.13"), "{found}");
}

#[test]
fn each_value_tells_its_bits_unit_and_meaning_if_asked() {
    let found = &records(&["--full", "--limit", "1"], &sample())[0]["items"];
    assert_eq!(found["040"]["RHO"]["raw"], 2560);
    assert_eq!(found["040"]["RHO"]["value"], 10);
    assert_eq!(found["040"]["RHO"]["unit"], "NM");
    assert!(found["070"]["V"]["text"].is_string(), "{found}");
}

#[test]
fn mode_s_registers_are_told_by_what_they_say() {
    let file = Scratch::new("registers.ast", &block(48, REGISTERS));
    let found = records(&["--registers"], &file);
    let registers = &found[0]["registers"];
    assert_eq!(registers[0]["bds"], "50");
    assert_eq!(registers[0]["ground_speed"], 438.0);
    assert_eq!(registers[1]["bds"], "40");
    assert_eq!(registers[1]["selected_altitude_mcp"], 38000.0);
}

#[test]
fn records_are_counted_by_category_and_sensor() {
    let found = records(&["--count", "--date", "2026-11-23"], &sample());
    let row =
        |line: &Value| (line["category"].clone(), line["sic"].clone(), line["records"].clone());
    let expected = [(34, 201, 1), (48, 201, 1), (48, 202, 2)];
    let expected = expected.map(|(a, b, c): (u8, u8, u8)| (a.into(), b.into(), c.into()));
    assert_eq!(found.iter().map(row).collect::<Vec<(Value, Value, Value)>>(), expected);
    assert_eq!(found[1]["first"], "2026-11-23T14:32:07.25Z");
}

#[test]
fn an_edition_is_chosen_for_a_category_or_for_one_sensor_of_it() {
    let editions = |rule: &str| -> Vec<String> {
        let found = records(&["--category", "48", "--edition", rule], &sample());
        found.iter().map(|line| line["edition"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(editions("48=1.30"), ["1.30", "1.30", "1.30"]);
    assert_eq!(editions("25/202:48=1.30"), ["1.32", "1.30", "1.30"]);
    let refused = entente(&["decode", "x", "--edition", "48=9.9"]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn defects_are_named_and_told_by_the_exit_code_if_asked() {
    // CAT030 has no tables; the last record ends within its item.
    let bad = [block(48, ROLL_CALL), block(30, "80 01"), block(48, "80 19")].concat();
    let file = Scratch::new("bad.ast", &[&bad[..], &block(48, ROLL_CALL)].concat());
    let output = entente(&["decode", file.text(), "--strict"]);
    assert_eq!(output.status.code(), Some(3));
    let said = String::from_utf8(output.stderr).unwrap();
    for words in
        ["category_unknown 1", "item_truncated 1", "no tables for CAT030: 1", "in I048/010"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 2);
}

#[test]
fn a_table_has_a_column_for_each_value() {
    let file = sample();
    let text = told(&["decode", file.text(), "--format", "csv", "--category", "48"]);
    let rows: Vec<&str> = text.lines().collect();
    assert_eq!(rows.len(), 4);
    assert!(rows[0].starts_with("category,edition,sac,sic,time,048/010/SAC"), "{}", rows[0]);
    let place = |name: &str| rows[0].split(',').position(|column| column == name).unwrap();
    let cell = |row: usize, name: &str| rows[row].split(',').nth(place(name)).unwrap();
    assert_eq!(cell(1, "048/240"), "BTI4RA  ");
    assert_eq!(cell(1, "048/040/RHO"), "10");
    assert_eq!(cell(3, "048/040/RHO"), "");

    let refused = entente(&["decode", file.text(), "--format", "parquet"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// I062/010 and 105 at many latitudes, in steps of 180/2^25 °.
fn latitudes() -> (Vec<u8>, Vec<i32>) {
    let steps: Vec<i32> = (0..200).map(|n: i32| n.wrapping_mul(0x0123_4567) >> 7).collect();
    let record = |steps: &i32| [&[0x88, 33, 18][..], &steps.to_be_bytes(), &[0; 4]].concat();
    let records: Vec<u8> = steps.iter().flat_map(record).collect();
    ([&[62][..], &(records.len() as u16 + 3).to_be_bytes(), &records].concat(), steps)
}

#[test]
fn a_parquet_file_has_the_types_of_the_tables_and_every_value_as_it_is() {
    use parquet::basic::{LogicalType, Type};
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;
    let (block_62, steps) = latitudes();
    let bytes = [block(48, ROLL_CALL), block(48, REGISTERS), block_62].concat();
    let file = Scratch::new("typed.ast", &bytes);
    let written = Scratch::new("typed.parquet", b"");
    let command = ["decode", file.text(), "--format", "parquet", "--output", written.text()];
    let read = |options: &[&str]| {
        told(&[&command[..], options].concat());
        SerializedFileReader::new(std::fs::File::open(&written.0).unwrap()).unwrap()
    };
    let reader = read(&["--date", "2026-11-23"]);
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    let types: Vec<_> = (schema.columns().iter())
        .map(|column| (column.name(), column.physical_type(), column.logical_type_ref()))
        .collect();
    let typed = |name: &str| types.iter().find(|(of, ..)| *of == name).unwrap();
    let names: Vec<_> = types[..5].iter().map(|(name, ..)| *name).collect();
    assert_eq!(names, ["category", "edition", "sac", "sic", "time"]);
    for (name, physical, is_text) in [
        ("category", Type::INT64, false),
        ("edition", Type::BYTE_ARRAY, true),
        ("048/010/SIC", Type::INT64, false),
        ("048/020/TYP", Type::INT64, false),
        // 10 NM in the one record that has it, and yet of steps of 1/256 NM.
        ("048/040/RHO", Type::DOUBLE, false),
        ("048/070/MODE3A", Type::BYTE_ARRAY, true),
        ("048/161/TRN", Type::INT64, false),
        ("048/220", Type::BYTE_ARRAY, true),
        ("048/250", Type::BYTE_ARRAY, true),
        ("062/105/LAT", Type::DOUBLE, false),
    ] {
        let found = typed(name);
        assert_eq!((found.1, found.2 == Some(&LogicalType::String)), (physical, is_text), "{name}");
    }
    let utc = LogicalType::timestamp(true, parquet::basic::TimeUnit::NANOS);
    assert_eq!((typed("time").1, typed("time").2), (Type::INT64, Some(&utc)));

    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 202);
    let value = |row: usize, name: &str| {
        let found = rows[row].get_column_iter().find(|(of, _)| *of == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.clone()
    };
    // 2026-11-23T14:32:07.25Z.
    assert_eq!(value(0, "time"), Field::Long(1_795_444_327_250_000_000));
    assert_eq!(value(0, "048/040/RHO"), Field::Double(10.0));
    assert_eq!(value(0, "048/070/MODE3A"), Field::Str("1234".to_owned()));
    assert_eq!(value(0, "048/220"), Field::Str("4ca123".to_owned()));
    assert_eq!(value(0, "048/161/TRN"), Field::Long(0x123));
    assert_eq!(value(1, "048/161/TRN"), Field::Null);
    assert_eq!(value(1, "048/040/RHO"), Field::Null);
    let registers = r#"[{"MBDATA":"81951536e024d4","BDS1":5,"BDS2":0},{"MBDATA":"ca3e51f0a80000","BDS1":4,"BDS2":0}]"#;
    assert_eq!(value(1, "048/250"), Field::Str(registers.to_owned()));
    for (row, steps) in (2..).zip(&steps) {
        // No step of it rounds.
        let expected = f64::from(*steps) * 180.0 / f64::from(1 << 25);
        assert_eq!(value(row, "062/105/LAT"), Field::Double(expected), "{steps}");
        assert_eq!(value(row, "048/220"), Field::Null);
    }
    // In text it is what the line has, to the last digit.
    let json = told(&["decode", file.text(), "--category", "62"]);
    let csv = told(&["decode", file.text(), "--category", "62", "--format", "csv"]);
    for (line, row) in json.lines().zip(csv.lines().skip(1)) {
        let digits = line.split("\"LAT\":").nth(1).unwrap().split(',').next().unwrap();
        assert_eq!(row.split(',').nth(7).unwrap(), digits, "{row}");
    }
    // Without dates there are no times, but what a time would be stays.
    let reader = read(&[]);
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    assert_eq!(schema.column(4).logical_type_ref(), Some(&utc));
    assert!(
        reader
            .get_row_iter(None)
            .unwrap()
            .all(|row| { row.unwrap().get_column_iter().nth(4).unwrap().1 == &Field::Null })
    );
}

/// The program with this on its standard input.
fn fed(words: &[&str], input: &[u8]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = program.stdin.take().unwrap();
    let input = input.to_owned();
    // What is refused ends before it has read.
    let telling = std::thread::spawn(move || drop(stdin.write_all(&input)));
    let output = program.wait_with_output().unwrap();
    telling.join().unwrap();
    output
}

#[test]
fn what_comes_through_a_pipe_is_read_as_a_file_is() {
    let file = sample();
    let bytes = std::fs::read(file.text()).unwrap();
    let expected = told(&["decode", file.text()]);
    assert_eq!(String::from_utf8(fed(&["decode", "-"], &bytes).stdout).unwrap(), expected);
    let inspected = String::from_utf8(fed(&["inspect", "-"], &bytes).stdout).unwrap();
    assert!(inspected.starts_with("standard input: asterix\nCAT034 from 25/201"), "{inspected}");
    let refused = fed(&["decode", "-", "--format", "csv"], &bytes);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_container_that_its_content_does_not_show_is_named() {
    // It begins within a block.
    let bytes = [&[0x99, 0x02], block(48, ROLL_CALL).repeat(9).as_slice()].concat();
    let file = Scratch::new("cut.bin", &bytes);
    let refused = entente(&["decode", file.text()]);
    assert_eq!(refused.status.code(), Some(1));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("say it: --container pcap|pcapng|final|raw|gps"), "{said}");
    let output = entente(&["decode", file.text(), "--container", "raw"]);
    assert_eq!(output.stdout.iter().filter(|byte| **byte == b'\n').count(), 9);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("record_corrupt at octet 0 of the file, 2 octets lost"), "{said}");
    let refused = entente(&["decode", "udp://127.0.0.1:1", "--container", "raw"]);
    assert_eq!(refused.status.code(), Some(2));
}

/// The program while it listens on a free port, after it has said so.
fn listening(words: &[&str]) -> (std::process::Child, std::net::SocketAddr) {
    let free = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("udp://{free}");
    let mut program = Command::new(env!("CARGO_BIN_EXE_entente"))
        .args([words, &[url.as_str()]].concat())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stderr.as_mut().unwrap()).read_line(&mut line).unwrap();
    assert!(line.contains("listening on"), "{line}");
    (program, free)
}

#[test]
fn what_comes_over_udp_is_inspected() {
    let (program, address) = listening(&["inspect", "--limit", "2"]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    for _ in 0..2 {
        socket.send_to(&block(48, ROLL_CALL), address).unwrap();
    }
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("CAT048 from 25/201: 2 blocks"), "{text}");
    assert!(text.contains("edition 1.32  fits: 2 records"), "{text}");
}

#[test]
fn what_comes_over_udp_is_decoded_as_it_comes() {
    let (mut program, free) = listening(&["decode", "--limit", "2"]);
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    let datagram = [block(34, "f0 19c9 01 6633a0 00"), block(48, ROLL_CALL)].concat();
    socket.send_to(&datagram, free).unwrap();
    let mut text = String::new();
    program.stdout.take().unwrap().read_to_string(&mut text).unwrap();
    assert!(program.wait().unwrap().success());
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["category"], 48);
    assert!(lines[1]["time"].as_str().unwrap().ends_with("T14:32:07.25Z"), "{}", lines[1]);
}

#[test]
fn an_item_is_described_by_its_table() {
    let text = told(&["describe", "cat048", "040"]);
    assert!(text.contains("RHO") && text.contains("LSB 1/256 NM"), "{text}");
    assert!(told(&["describe", "48"]).contains("130"));
    assert!(told(&["describe", "48", "--edition", "1.27"]).contains("edition 1.27"));
    assert_eq!(entente(&["describe", "48", "999"]).status.code(), Some(2));
    let unknown = entente(&["describe", "251"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("CAT251; there are those of 001, 002,"), "{said}");
}

#[test]
fn an_item_is_described_to_its_parts_and_the_expansion_field_by_its_layouts() {
    let part = told(&["describe", "48", "130/SRL"]);
    // The number and the item may be one word, as in the documents.
    assert_eq!(told(&["describe", "I048/130/SRL"]), part);
    assert_eq!(told(&["describe", "48", "70"]), told(&["describe", "I048/070"]));
    let range = told(&["describe", "I048/040"]);
    assert!(
        range.contains(
            "I048/040  Measured Position in Polar Co-ordinates\n  FRN 4; fixed, 4 octets\n"
        ),
        "{range}"
    );
    let class = told(&["describe", "4", "120/CC"]);
    assert!(
        class.contains("when 000 is 7 and TID is 1:\n      LPF  Linear Prediction Filter\n"),
        "{class}"
    );
    assert!(told(&["describe", "4", "120/CC/CPC"]).contains("when 000 is 7 and TID is 1:"));
    assert!(class.lines().all(|line| line == line.trim_end()), "{class}");
    assert!(part.contains("I048/130/SRL") && part.contains("LSB 360/2^13 °"), "{part}");
    assert!(!part.contains("SRR"), "{part}");
    let time = told(&["describe", "48", "140"]);
    assert!(time.contains("LSB 1/128 s, at most 86400"), "{time}");
    assert!(told(&["describe", "48"]).contains("expansion field RE: 1.11, 1.12, 1.13"));
    let newest = told(&["describe", "48", "RE"]);
    assert!(newest.contains("layout 1.13") && newest.contains("MD5"), "{newest}");
    assert!(told(&["describe", "48", "RE", "--edition", "1.11"]).contains("layout 1.11"));
    assert!(told(&["describe", "48", "RE/MD5"]).contains("I048/RE/MD5"));
    let unknown = entente(&["describe", "48", "130/XYZ"]);
    assert_eq!(unknown.status.code(), Some(2));
    let said = String::from_utf8_lossy(&unknown.stderr).into_owned();
    assert!(said.contains("its parts: SRL, SRR, SAM"), "{said}");
}

#[test]
fn all_that_was_wrong_goes_into_a_file_that_says_where() {
    let whole = block(48, ROLL_CALL);
    let broken = block(48, "90 19c9 0a00");
    let start = [&whole[..], &whole, &whole].concat();
    let capture = [&start[..], &broken, &block(200, "01"), &whole, &broken].concat();
    let (capture, defects) = (Scratch::new("broken.ast", &capture), Scratch::new("defects", b"x"));
    let words =
        ["decode", capture.text(), "--date", "2026-11-23", "--count", "--defects", defects.text()];
    assert!(told(&words).contains(r#""records":4"#));
    let text = std::fs::read_to_string(defects.text()).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3, "{text}");
    let expected = r#"{"datagram":4,"category":48,"item":"040","defect":"item_truncated","octet":6,"bits":[8,1]}"#;
    let expected: Value = serde_json::from_str(expected).unwrap();
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&lines[0][key], value, "{key}");
    }
    assert_eq!(lines[1]["defect"], "category_unknown");
    // Of a category nobody has, it is the first octet of its block.
    assert_eq!(lines[1]["octet"], 0);
    assert_eq!((&lines[1]["category"], &lines[2]["datagram"]), (&200.into(), &7.into()));
    // What is read is not to be lost.
    let refused = entente(&["decode", capture.text(), "--defects", capture.text()]);
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn the_editions_that_fit_are_found_by_trial() {
    let text = told(&["inspect", sample().text()]);
    assert!(text.contains("CAT048 from 25/201: 1 block\n"), "{text}");
    assert!(text.contains("edition 1.32  fits: 1 record\n"), "{text}");
}
