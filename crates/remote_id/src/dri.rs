//! The French beacon element (`arrêté` of 27 December 2019, ECOI1934044A, annex): type, length and
//! value, numbers with their highest octet first. Used there before the European format.

use crate::message::Messages;
use crate::odid::point_of;
use crate::{
    BasicId, Defect, HeightReference, IdKind, Location, Message, OperatorPlace, System, UaType,
    UasId,
};

const STEP_DEG: f64 = 1e-5;

/// Its fields after OUI and type.
pub(crate) fn decode(mut fields: &[u8], defects: &mut dyn FnMut(Defect)) -> Messages {
    let mut ids = [None, None];
    let (mut place, mut take_off) = ([None; 2], [None; 2]);
    let mut location = Location::default();
    while let Some((&[kind, length], rest)) = fields.split_first_chunk::<2>() {
        let Some((value, rest)) = rest.split_at_checked(usize::from(length)) else {
            defects(Defect::ElementLength);
            break;
        };
        fields = rest;
        match (kind, value) {
            (1, [1]) => {}
            (2, _) => ids[1] = id(IdKind::French, value, defects),
            (3, _) => ids[0] = id(IdKind::Serial, value, defects),
            (4, &[a, b, c, d]) => place[0] = Some(i32::from_be_bytes([a, b, c, d])),
            (5, &[a, b, c, d]) => place[1] = Some(i32::from_be_bytes([a, b, c, d])),
            // Above mean sea level, and of which geoid it does not say: no height on the ellipsoid.
            (6, &[_, _]) => {}
            (7, &[a, b]) => location.height_m = Some(f64::from(i16::from_be_bytes([a, b]))),
            (8, &[a, b, c, d]) => take_off[0] = Some(i32::from_be_bytes([a, b, c, d])),
            (9, &[a, b, c, d]) => take_off[1] = Some(i32::from_be_bytes([a, b, c, d])),
            (10, &[speed]) => location.speed_mps = Some(f64::from(speed)),
            (11, &[a, b]) => match u16::from_be_bytes([a, b]) {
                course @ 0..=360 => {
                    location.course_rad = Some(f64::from(course % 360).to_radians());
                }
                _ => defects(Defect::CourseOutOfRange),
            },
            // Types that later editions may add.
            (0 | 12.., _) => {}
            _ => defects(Defect::FrenchField),
        }
    }
    location.height_reference = HeightReference::TakeOff;
    location.moves = location.speed_mps.map(|speed_mps| speed_mps > 0.0);
    let whole = |[latitude, longitude]: [Option<i32>; 2]| Some([latitude?, longitude?]);
    location.point = whole(place).and_then(|place| point_of(place, STEP_DEG, defects));
    let take_off = whole(take_off).and_then(|place| point_of(place, STEP_DEG, defects));
    let mut messages = Messages::new();
    let given = ids.into_iter().flatten();
    messages.extend(
        given.map(|id| Message::BasicId(BasicId { id: Some(id), ua_type: UaType::NotDeclared })),
    );
    messages.push(Message::Location(location));
    if take_off.is_some() {
        messages.push(Message::System(System {
            operator_place: OperatorPlace::TakeOff,
            take_off,
            area_count: 1,
            ..System::default()
        }));
    }
    messages
}

fn id(kind: IdKind, value: &[u8], defects: &mut dyn FnMut(Defect)) -> Option<UasId> {
    let id = UasId::new(kind, value);
    if id.is_none() {
        defects(Defect::IdCharacters);
    }
    id
}
