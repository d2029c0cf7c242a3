//! The layouts: one table a register, rows in the order of the bits (ICAO Doc 9871 edition 2,
//! tables A-2-16, 23, 32, 48, 64, 68, 69, 80, 83 and 96).

/// One register.
pub(super) struct Register {
    pub(super) fields: &'static [Field],
    /// Bits that must be zero, first and last.
    pub(super) reserved: &'static [(u32, u32)],
}

/// Some bits of a register, numbered from one.
pub(super) struct Field {
    pub(super) name: &'static str,
    /// The bit that is one where the field is there; 0 if it always is.
    pub(super) status: u32,
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) kind: Kind,
    /// What an aircraft in flight does: bounds for guessing the register.
    pub(super) plausible: Option<(f64, f64)>,
}

/// What bits mean; a step is a numerator and a denominator.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Unsigned {
        step: (i32, i32),
        offset: f64,
        unit: &'static str,
    },
    /// Two's complement, the sign bit first.
    Signed {
        step: (i32, i32),
        unit: &'static str,
    },
    /// Degrees from 0 to 360; sent in two's complement.
    Angle {
        step: (i32, i32),
    },
    Flag,
    Code(&'static [&'static str]),
    /// One bit: this register is served.
    Served(u8),
}

const fn field(name: &'static str, status: u32, bits: (u32, u32), kind: Kind) -> Field {
    Field { name, status, first: bits.0, last: bits.1, kind, plausible: None }
}

/// A field with the bounds of what is plausible.
const fn within(mut field: Field, low: f64, high: f64) -> Field {
    field.plausible = Some((low, high));
    field
}

const fn flag(name: &'static str, status: u32, bit: u32) -> Field {
    field(name, status, (bit, bit), Kind::Flag)
}

const fn code(
    name: &'static str,
    status: u32,
    bits: (u32, u32),
    of: &'static [&'static str],
) -> Field {
    field(name, status, bits, Kind::Code(of))
}

const fn unsigned(step: (i32, i32), unit: &'static str) -> Kind {
    Kind::Unsigned { step, offset: 0.0, unit }
}

const fn signed(step: (i32, i32), unit: &'static str) -> Kind {
    Kind::Signed { step, unit }
}

const fn served(bit: u32, register: u8) -> Field {
    field("served", 0, (bit, bit), Kind::Served(register))
}

/// The layout of a register, 2,0 apart, which is characters.
pub(super) fn of(number: u8) -> Option<&'static Register> {
    Some(match number {
        0x10 => &BDS_10,
        0x17 => &BDS_17,
        0x30 => &BDS_30,
        0x40 => &BDS_40,
        0x44 => &BDS_44,
        0x45 => &BDS_45,
        0x50 => &BDS_50,
        0x53 => &BDS_53,
        0x60 => &BDS_60,
        _ => return None,
    })
}

/// Data link capability.
static BDS_10: Register = Register {
    fields: &[
        flag("continues", 0, 9),
        flag("overlay_command_capability", 0, 15),
        flag("acas_operational", 0, 16),
        code("subnetwork_version", 0, (17, 23), &[]),
        flag("enhanced_protocol", 0, 24),
        flag("specific_services", 0, 25),
        code("uplink_elm_throughput", 0, (26, 28), &[]),
        code("downlink_elm_throughput", 0, (29, 32), &[]),
        flag("aircraft_identification", 0, 33),
        flag("squitter_capability", 0, 34),
        flag("surveillance_identifier", 0, 35),
        flag("common_usage_report", 0, 36),
        flag("acas_hybrid_surveillance", 0, 37),
        flag("acas_resolution_advisories", 0, 38),
        code("acas_version", 0, (39, 40), &["DO-185", "DO-185A", "DO-185B", "reserved"]),
        code("dte_status", 0, (41, 56), &[]),
    ],
    reserved: &[(10, 14)],
};

/// Common usage registers served.
static BDS_17: Register = Register {
    fields: &[
        served(1, 0x05),
        served(2, 0x06),
        served(3, 0x07),
        served(4, 0x08),
        served(5, 0x09),
        served(6, 0x0a),
        served(7, 0x20),
        served(8, 0x21),
        served(9, 0x40),
        served(10, 0x41),
        served(11, 0x42),
        served(12, 0x43),
        served(13, 0x44),
        served(14, 0x45),
        served(15, 0x48),
        served(16, 0x50),
        served(17, 0x51),
        served(18, 0x52),
        served(19, 0x53),
        served(20, 0x54),
        served(21, 0x55),
        served(22, 0x56),
        served(23, 0x5f),
        served(24, 0x60),
        served(27, 0xe1),
        served(28, 0xe2),
    ],
    reserved: &[(25, 26), (29, 56)],
};

/// ACAS resolution advisory; bits 10–15 and 31–56 depend on others, see `advisory`.
static BDS_30: Register = Register {
    fields: &[
        flag("no_pass_below", 0, 23),
        flag("no_pass_above", 0, 24),
        flag("no_turn_left", 0, 25),
        flag("no_turn_right", 0, 26),
        flag("terminated", 0, 27),
        flag("several_threats", 0, 28),
        code("threat_type", 0, (29, 30), &["none", "address", "place", "reserved"]),
    ],
    reserved: &[(16, 22)],
};

/// Selected vertical intention.
static BDS_40: Register = Register {
    fields: &[
        within(field("selected_altitude_mcp", 1, (2, 13), unsigned((16, 1), "ft")), 0.0, 60_000.0),
        within(
            field("selected_altitude_fms", 14, (15, 26), unsigned((16, 1), "ft")),
            0.0,
            60_000.0,
        ),
        within(
            field(
                "barometric_setting",
                27,
                (28, 39),
                Kind::Unsigned { step: (1, 10), offset: 800.0, unit: "hPa" },
            ),
            900.0,
            1100.0,
        ),
        flag("vnav_mode", 48, 49),
        flag("altitude_hold_mode", 48, 50),
        flag("approach_mode", 48, 51),
        code("target_altitude_source", 54, (55, 56), &["unknown", "aircraft", "mcp", "fms"]),
    ],
    reserved: &[(40, 47), (52, 53)],
};

/// Routine air report. Bit 24 is the sign of the temperature.
static BDS_44: Register = Register {
    fields: &[
        code("figure_of_merit", 0, (1, 4), &["invalid", "ins", "gnss", "dme", "vor_dme"]),
        within(field("wind_speed", 5, (6, 14), unsigned((1, 1), "kt")), 0.0, 250.0),
        field("wind_direction", 5, (15, 23), Kind::Angle { step: (180, 256) }),
        within(field("static_air_temperature", 0, (24, 34), signed((1, 4), "°C")), -80.0, 60.0),
        field("static_pressure", 35, (36, 46), unsigned((1, 1), "hPa")),
        code("turbulence", 47, (48, 49), HAZARD),
        field("humidity", 50, (51, 56), unsigned((100, 64), "%")),
    ],
    reserved: &[],
};

const HAZARD: &[&str] = &["nil", "light", "moderate", "severe"];

/// Hazard air report.
static BDS_45: Register = Register {
    fields: &[
        code("turbulence", 1, (2, 3), HAZARD),
        code("wind_shear", 4, (5, 6), HAZARD),
        code("microburst", 7, (8, 9), HAZARD),
        code("icing", 10, (11, 12), HAZARD),
        code("wake_vortex", 13, (14, 15), HAZARD),
        within(field("static_air_temperature", 16, (17, 26), signed((1, 4), "°C")), -80.0, 60.0),
        field("static_pressure", 27, (28, 38), unsigned((1, 1), "hPa")),
        field("radio_height", 39, (40, 51), unsigned((16, 1), "ft")),
    ],
    reserved: &[(52, 56)],
};

/// Track and turn.
static BDS_50: Register = Register {
    fields: &[
        within(field("roll_angle", 1, (2, 11), signed((45, 256), "°")), -50.0, 50.0),
        field("true_track", 12, (13, 23), Kind::Angle { step: (90, 512) }),
        within(field("ground_speed", 24, (25, 34), unsigned((2, 1), "kt")), 30.0, 700.0),
        within(field("track_rate", 35, (36, 45), signed((8, 256), "°/s")), -8.0, 8.0),
        within(field("true_airspeed", 46, (47, 56), unsigned((2, 1), "kt")), 50.0, 600.0),
    ],
    reserved: &[],
};

/// Air-referenced state.
static BDS_53: Register = Register {
    fields: &[
        field("magnetic_heading", 1, (2, 12), Kind::Angle { step: (90, 512) }),
        field("indicated_airspeed", 13, (14, 23), unsigned((1, 1), "kt")),
        field("mach", 24, (25, 33), unsigned((8, 1000), "")),
        field("true_airspeed", 34, (35, 46), unsigned((1, 2), "kt")),
        field("altitude_rate", 47, (48, 56), signed((64, 1), "ft/min")),
    ],
    reserved: &[],
};

/// Heading and speed.
static BDS_60: Register = Register {
    fields: &[
        field("magnetic_heading", 1, (2, 12), Kind::Angle { step: (90, 512) }),
        within(field("indicated_airspeed", 13, (14, 23), unsigned((1, 1), "kt")), 50.0, 500.0),
        within(field("mach", 24, (25, 34), unsigned((4, 1000), "")), 0.0, 1.0),
        within(
            field("barometric_altitude_rate", 35, (36, 45), signed((32, 1), "ft/min")),
            -6000.0,
            6000.0,
        ),
        within(
            field("inertial_vertical_rate", 46, (47, 56), signed((32, 1), "ft/min")),
            -6000.0,
            6000.0,
        ),
    ],
    reserved: &[],
};
