//! What a receiver passes on as SBS text.

/// What an aircraft at FL350 that flies north at 389 kt tells: where it is, how it flies, its code. The
/// times in it count for nothing: a node goes by when the text came.
pub(crate) fn northbound(id: &str, latitude: f64, longitude: f64, code: &str) -> String {
    let time = "2026/11/28,12:00:00.000,2026/11/28,12:00:00.000";
    format!(
        "MSG,3,1,1,{id},1,{time},,35000,,,{latitude:.6},{longitude:.6},,,0,0,0,0\r\n\
         MSG,4,1,1,{id},1,{time},,,389,0,,,0,,,,,\r\n\
         MSG,6,1,1,{id},1,{time},,,,,,,,{code},0,0,0,0\r\n"
    )
}
