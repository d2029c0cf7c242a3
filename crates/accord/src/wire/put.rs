//! Items as bytes, written straight away: the same bytes as the messages of [`super`] give, without a
//! message made of each.

use crate::batch::Item;
use crate::{ArticleRef, Reduction};
use surveillance::{AddressKind, PlacedPlot, SensorId};

/// How a field is written (Protocol Buffers, "Encoding", wire types).
#[derive(Clone, Copy)]
enum Form {
    Varint = 0,
    Fixed64 = 1,
    Length = 2,
}

/// Each item as a message under `tag`.
pub(super) fn items(tag: u32, items: &[Item], articles: &[ArticleRef], out: &mut Vec<u8>) {
    let mut bytes = Vec::with_capacity(256);
    for one in items {
        bytes.clear();
        item(one, articles, &mut bytes);
        length(tag, &bytes, out);
    }
}

/// One item, its articles as places in the sorted `articles`; 0 for one that is not there.
pub(super) fn item(item: &Item, articles: &[ArticleRef], out: &mut Vec<u8>) {
    let told = &item.told;
    number(1, item.number.0, out);
    number(2, item.object as u32, out);
    let time_ns = item.time.unix_nanos();
    if time_ns != 0 {
        key(3, Form::Fixed64, out);
        out.extend(time_ns.to_le_bytes());
    }
    let index = |article: &ArticleRef| articles.binary_search(article).unwrap_or(0) as u32;
    numbers(4, item.articles.iter().map(index), out);
    number(5, item.granted.bits(), out);
    if !item.precision.is_none() {
        precision(6, &item.precision, out);
    }
    for originator in &item.originators {
        length(7, originator.as_str().as_bytes(), out);
    }
    for onward in &item.onward {
        let mut bytes = Vec::new();
        length(1, onward.to.as_str().as_bytes(), &mut bytes);
        if !onward.at_best.is_none() {
            precision(2, &onward.at_best, &mut bytes);
        }
        length(8, &bytes, out);
    }
    doubles(10, told.position_rad.as_ref().map(<[f64; 2]>::as_slice), out);
    double(11, told.level_m, out);
    doubles(12, told.velocity_mps.as_ref().map(<[f64; 2]>::as_slice), out);
    double(13, told.vertical_rate_mps, out);
    some(14, told.on_ground.map(u32::from), out);
    let address = told.address.map(|address| {
        address.bits() | if address.kind() == AddressKind::Other { 1 << 24 } else { 0 }
    });
    some(15, address, out);
    some(16, told.mode_3a.map(|code| u32::from(code.bits())), out);
    if let Some(callsign) = &told.callsign {
        length(17, callsign.as_str().as_bytes(), out);
    }
    some(18, told.category.map(|category| category as u32), out);
    some(19, told.identity.map(|identity| identity as u32), out);
    some(20, told.service.map(|service| service as u32), out);
    some(21, told.flight.map(|flight| flight as u32), out);
    some(22, told.plan.map(|plan| plan as u32), out);
    some(23, told.alerts.map(|(kinds, _)| kinds.bits()), out);
    some(24, told.alerts.map(|(_, state)| state as u32), out);
    doubles(25, told.position_covariance.as_ref().map(<[f64; 3]>::as_slice), out);
    let sensors = told.sensors.iter().flatten();
    numbers(26, sensors.map(sensor), out);
    if let Some(content) = &told.content {
        length(27, content, out);
    }
    numbers(28, told.tracks.iter().map(|number| number.0), out);
    for one in &told.plots {
        let mut bytes = Vec::with_capacity(64);
        plot(one, &mut bytes);
        length(29, &bytes, out);
    }
}

fn sensor(sensor: &SensorId) -> u32 {
    u32::from(sensor.sac) << 8 | u32::from(sensor.sic)
}

fn plot(plot: &PlacedPlot, out: &mut Vec<u8>) {
    number(1, sensor(&plot.sensor), out);
    number(2, plot.origin as u32, out);
    let time_ns = plot.time.unix_nanos();
    if time_ns != 0 {
        key(3, Form::Fixed64, out);
        out.extend(time_ns.to_le_bytes());
    }
    doubles(4, Some(&plot.position_rad), out);
    doubles(5, Some(&plot.covariance), out);
}

fn precision(tag: u32, reduction: &Reduction, out: &mut Vec<u8>) {
    let Reduction { position_m, level_m, velocity_mps, time_s, delay_s, interval_s } = *reduction;
    let steps = [position_m, level_m, velocity_mps, time_s, delay_s, interval_s];
    key(tag, Form::Length, out);
    varint(9 * steps.iter().filter(|step| **step != 0.0).count() as u64, out);
    for (tag, step) in (1..).zip(steps) {
        double(tag, (step != 0.0).then_some(step), out);
    }
}

fn key(tag: u32, form: Form, out: &mut Vec<u8>) {
    varint(u64::from(tag << 3 | form as u32), out);
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

/// A number that is not told where it is 0.
fn number(tag: u32, value: u32, out: &mut Vec<u8>) {
    some(tag, (value != 0).then_some(value), out);
}

fn some(tag: u32, value: Option<u32>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        key(tag, Form::Varint, out);
        varint(u64::from(value), out);
    }
}

fn double(tag: u32, value: Option<f64>, out: &mut Vec<u8>) {
    if let Some(value) = value {
        key(tag, Form::Fixed64, out);
        out.extend(value.to_le_bytes());
    }
}

fn doubles(tag: u32, values: Option<&[f64]>, out: &mut Vec<u8>) {
    if let Some(values) = values {
        key(tag, Form::Length, out);
        varint(8 * values.len() as u64, out);
        values.iter().for_each(|value| out.extend(value.to_le_bytes()));
    }
}

/// A list in one field, of its length in bytes; nothing where it is empty.
fn numbers(tag: u32, values: impl Iterator<Item = u32> + Clone, out: &mut Vec<u8>) {
    let bytes_of = |value: u32| u64::from((31 - (value | 1).leading_zeros()) / 7 + 1);
    let bytes: u64 = values.clone().map(bytes_of).sum();
    if bytes > 0 {
        key(tag, Form::Length, out);
        varint(bytes, out);
        values.for_each(|value| varint(u64::from(value), out));
    }
}

fn length(tag: u32, bytes: &[u8], out: &mut Vec<u8>) {
    key(tag, Form::Length, out);
    varint(bytes.len() as u64, out);
    out.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests {
    use super::super::{ItemMessage, OnwardMessage, PlotMessage, PrecisionMessage};
    use super::*;
    use crate::{AlertSet, AlertState, FieldSet, ObjectKind, Onward, PartnerNumber, Told};
    use picture::Identity;
    use proptest::prelude::*;
    use prost::Message;
    use surveillance::{Address, Callsign, Mode3A, PlotOrigin, Time};

    /// As the generated encoder of these messages has it.
    fn item_message(item: &Item, index: impl Fn(&ArticleRef) -> u32) -> ItemMessage {
        let told = &item.told;
        ItemMessage {
            number: item.number.0,
            object: item.object as u32,
            time_ns: item.time.unix_nanos(),
            articles: item.articles.iter().map(index).collect(),
            granted: item.granted.bits(),
            precision: precision_message(item.precision),
            originators: item.originators.iter().map(ToString::to_string).collect(),
            onward: item
                .onward
                .iter()
                .map(|onward| OnwardMessage {
                    to: onward.to.to_string(),
                    at_best: precision_message(onward.at_best),
                })
                .collect(),
            position_rad: told.position_rad.iter().flatten().copied().collect(),
            level_m: told.level_m,
            velocity_mps: told.velocity_mps.iter().flatten().copied().collect(),
            vertical_rate_mps: told.vertical_rate_mps,
            on_ground: told.on_ground,
            address: told.address.map(|address| {
                address.bits() | if address.kind() == AddressKind::Other { 1 << 24 } else { 0 }
            }),
            mode_3a: told.mode_3a.map(|code| u32::from(code.bits())),
            callsign: told.callsign.map(|sign| sign.to_string()),
            category: told.category.map(|category| category as u32),
            identity: told.identity.map(|identity| identity as u32),
            service: told.service.map(|service| service as u32),
            flight: told.flight.map(|flight| flight as u32),
            plan: told.plan.map(|plan| plan as u32),
            alerts: told.alerts.map(|(kinds, _)| kinds.bits()),
            alert_state: told.alerts.map(|(_, state)| state as u32),
            position_covariance: told.position_covariance.iter().flatten().copied().collect(),
            sensors: told.sensors.iter().flatten().map(sensor).collect(),
            content: told.content.clone(),
            tracks: told.tracks.iter().map(|number| number.0).collect(),
            plots: told.plots.iter().map(plot_message).collect(),
        }
    }

    fn plot_message(plot: &PlacedPlot) -> PlotMessage {
        PlotMessage {
            sensor: sensor(&plot.sensor),
            origin: plot.origin as u32,
            time_ns: plot.time.unix_nanos(),
            position_rad: plot.position_rad.to_vec(),
            covariance: plot.covariance.to_vec(),
        }
    }

    fn precision_message(reduction: Reduction) -> Option<PrecisionMessage> {
        let Reduction { position_m, level_m, velocity_mps, time_s, delay_s, interval_s } =
            reduction;
        (!reduction.is_none()).then_some(PrecisionMessage {
            position_m,
            level_m,
            velocity_mps,
            time_s,
            delay_s,
            interval_s,
        })
    }

    fn step() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), Just(1_852.0), 0.001..1e6]
    }

    fn reduction() -> impl Strategy<Value = Reduction> {
        (step(), step(), step(), step()).prop_map(|(position_m, level_m, time_s, interval_s)| {
            Reduction { position_m, level_m, time_s, interval_s, ..Reduction::NONE }
        })
    }

    fn value() -> impl Strategy<Value = f64> {
        prop_oneof![Just(0.0), Just(-0.0), -1e4..1e4]
    }

    prop_compose! {
        fn told()(
            position_rad in prop::option::of([value(), value()]),
            level_m in prop::option::of(value()),
            velocity_mps in prop::option::of([value(), value()]),
            on_ground in prop::option::of(any::<bool>()),
            address in prop::option::of((any::<bool>(), 0_u32..1 << 24)),
            mode_3a in prop::option::of(0_u16..4096),
            callsign in prop::option::of("[A-Z]{1,7}"),
            identity in prop::option::of(Just(Identity::Hostile)),
            alerts in prop::option::of(any::<u32>()),
            position_covariance in prop::option::of([value(), value(), value()]),
            sensors in prop::option::of(prop::collection::vec(any::<(u8, u8)>(), 0..4)),
            content in prop::option::of(prop::collection::vec(any::<u8>(), 0..300)),
            tracks in prop::collection::vec(any::<u32>(), 0..4),
            plots in prop::collection::vec(
                (any::<(u8, u8, i64)>(), [value(), value()], [value(), value(), value()]), 0..3),
        ) -> Told {
            let address = address.map(|(icao, bits)| {
                if icao { Address::icao(bits) } else { Address::other(bits) }
            });
            Told {
                position_rad,
                level_m,
                velocity_mps,
                vertical_rate_mps: level_m.map(|level| level / 100.0),
                on_ground,
                address,
                mode_3a: mode_3a.map(Mode3A::new),
                callsign: callsign.and_then(|text| Callsign::new(&text)),
                identity,
                alerts: alerts.map(|bits| (AlertSet::from_bits(bits), AlertState::Raised)),
                position_covariance,
                sensors: sensors.map(|ids| ids.iter().map(|&(sac, sic)| SensorId { sac, sic }).collect()),
                content,
                tracks: tracks.into_iter().map(PartnerNumber).collect(),
                plots: plots.into_iter().map(|((sac, sic, time_ns), position_rad, covariance)| PlacedPlot {
                    sensor: SensorId { sac, sic },
                    origin: PlotOrigin::Mlat,
                    time: Time::from_unix_nanos(time_ns),
                    position_rad,
                    covariance,
                }).collect(),
                ..Told::default()
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn an_item_has_the_bytes_that_its_message_has(
            (told, precision, at_best) in (told(), reduction(), reduction()),
            (number, time_ns, granted) in any::<(u32, i64, u32)>(),
            places in prop::collection::vec(0_usize..3, 0..3),
        ) {
            let article = |number: usize| ArticleRef {
                accord: "xxa-xxb".parse().expect("a name"),
                article: format!("{number}").parse().expect("a number"),
            };
            let articles: Vec<ArticleRef> = (0..3).map(article).collect();
            let to = "XXB".parse().expect("a party");
            let one = Item {
                number: PartnerNumber(number),
                object: ObjectKind::Track,
                time: Time::from_unix_nanos(time_ns),
                precision,
                granted: FieldSet::from_bits(granted),
                told,
                originators: vec![to; places.len()],
                onward: vec![Onward { to, at_best }],
                articles: places.into_iter().map(article).collect(),
            };
            let mut bytes = Vec::new();
            item(&one, &articles, &mut bytes);
            let index = |article: &ArticleRef| articles.binary_search(article).unwrap_or(0) as u32;
            prop_assert_eq!(bytes, item_message(&one, index).encode_to_vec());
        }
    }
}
