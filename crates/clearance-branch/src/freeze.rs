//! Freeze windows: spans of time in which nothing merges, [`Freeze`], [`Window`].
//!
//! A window starts inclusively and ends exclusively, and means a place's own clock: its time
//! zone is an IANA name, a fixed offset or a POSIX rule. The time zone is looked up once,
//! when the policy is read (IANA names in the system's zone database; on Windows, which has
//! none, in a bundled one); deciding itself reads no clock and no file.

use core::fmt;

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

/// When a freeze holds.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Window {
    /// Once, from the first moment to before the second.
    Once {
        /// The first moment.
        start: Timestamp,
        /// The first moment after it.
        end: Timestamp,
    },
    /// Every week, by the clock of a time zone, from the first to before the second; over
    /// the end of the week where the second comes earlier.
    Weekly {
        /// When it begins.
        from: (Weekday, Time),
        /// When it is over.
        until: (Weekday, Time),
        /// Whose clock it is.
        zone: TimeZone,
    },
}

/// A named freeze of some or all target branches.
///
/// # Examples
///
/// ```
/// use clearance_branch::freeze::Freeze;
///
/// let zone = Some("+01:00");
/// let freeze = Freeze::once("year end", "2026-12-20T00:00", "2027-01-02T00:00", zone)?;
/// assert!(freeze.holds("main", "2026-12-19T23:00:00Z".parse()?));
/// assert!(!freeze.holds("main", "2027-01-01T23:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "RawFreeze"))]
pub struct Freeze {
    /// What people call it.
    pub name: String,
    /// When it holds.
    pub window: Window,
    /// The target branches it holds; empty for all.
    pub targets: Vec<String>,
}

/// Why a freeze window could not be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FreezeError {
    /// A time zone that is neither an offset, nor a POSIX rule, nor in the zone database.
    #[error(
        "unknown time zone `{0}`: expected a name such as `Europe/Berlin`, an offset such as \
         `+02:00`, or a POSIX rule"
    )]
    Zone(String),
    /// A date and time that cannot be read.
    #[error("`{0}` is not a date and time such as `2026-12-20T18:00`")]
    Moment(String),
    /// A weekday and time that cannot be read.
    #[error("`{0}` is not a weekday and time such as `fri 16:00`")]
    WeekTime(String),
    /// A window that ends before or when it starts.
    #[error("freeze `{0}` ends before it starts")]
    Empty(String),
    /// Neither `start` and `end`, nor `from` and `until`; or some of both.
    #[error("freeze `{0}` needs either `start` and `end` or `from` and `until`")]
    Shape(String),
}

impl Freeze {
    /// A freeze that holds once. The moments are civil times of `zone` (UTC if `None`), or
    /// carry an offset of their own.
    ///
    /// # Errors
    ///
    /// [`FreezeError`] for text that cannot be read, and for an empty window.
    pub fn once(
        name: &str,
        start: &str,
        end: &str,
        zone: Option<&str>,
    ) -> Result<Self, FreezeError> {
        let zone = time_zone(zone)?;
        let (start, end) = (moment(start, &zone)?, moment(end, &zone)?);
        if start >= end {
            return Err(FreezeError::Empty(name.to_owned()));
        }
        let window = Window::Once { start, end };
        Ok(Self {
            name: name.to_owned(),
            window,
            targets: Vec::new(),
        })
    }

    /// A freeze that holds every week, such as from `fri 16:00` until `mon 08:00`.
    ///
    /// # Errors
    ///
    /// [`FreezeError`] for text that cannot be read, and for an empty window.
    pub fn weekly(
        name: &str,
        from: &str,
        until: &str,
        zone: Option<&str>,
    ) -> Result<Self, FreezeError> {
        let zone = time_zone(zone)?;
        let (from, until) = (week_time(from)?, week_time(until)?);
        if from == until {
            return Err(FreezeError::Empty(name.to_owned()));
        }
        let window = Window::Weekly { from, until, zone };
        Ok(Self {
            name: name.to_owned(),
            window,
            targets: Vec::new(),
        })
    }

    /// Whether it holds `target` at `now`.
    #[must_use]
    pub fn holds(&self, target: &str, now: Timestamp) -> bool {
        let concerned = self.targets.is_empty() || self.targets.iter().any(|t| t == target);
        concerned && self.window.contains(now)
    }
}

impl Window {
    /// Whether `now` lies in it.
    #[must_use]
    pub fn contains(&self, now: Timestamp) -> bool {
        match self {
            Self::Once { start, end } => *start <= now && now < *end,
            Self::Weekly { from, until, zone } => {
                let here: Zoned = now.to_zoned(zone.clone());
                let at = position((here.weekday(), here.time()));
                let (from, until) = (position(*from), position(*until));
                if from <= until {
                    from <= at && at < until
                } else {
                    at >= from || at < until
                }
            }
        }
    }
}

impl fmt::Display for Window {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Once { start, end } => write!(f, "from {start} to {end}"),
            Self::Weekly { from, until, zone } => write!(
                f,
                "every week from {} to {} {}",
                show(*from),
                show(*until),
                zone.iana_name().unwrap_or("local time of its zone")
            ),
        }
    }
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

fn show((day, time): (Weekday, Time)) -> String {
    let name = DAYS.iter().find(|(_, d)| *d == day).map_or("", |(n, _)| n);
    format!("{name} {:02}:{:02}", time.hour(), time.minute())
}

fn position((day, time): (Weekday, Time)) -> (i8, Time) {
    (day.to_monday_zero_offset(), time)
}

fn time_zone(text: Option<&str>) -> Result<TimeZone, FreezeError> {
    let Some(text) = text else {
        return Ok(TimeZone::UTC);
    };
    if let Some(offset) = fixed_offset(text) {
        return Ok(TimeZone::fixed(offset));
    }
    if text.contains(',') {
        return TimeZone::posix(text).map_err(|_| FreezeError::Zone(text.to_owned()));
    }
    TimeZone::get(text).map_err(|_| FreezeError::Zone(text.to_owned()))
}

/// `Z`, or a sign, two digits, a colon and two digits.
fn fixed_offset(text: &str) -> Option<Offset> {
    if text == "Z" {
        return Some(Offset::UTC);
    }
    let (sign, rest) = text.split_at_checked(1)?;
    let (hours, minutes) = rest.split_once(':')?;
    let digits = |s: &str| (s.len() == 2).then(|| s.parse::<u8>().ok()).flatten();
    let (hours, minutes) = (digits(hours)?, digits(minutes).filter(|m| *m < 60)?);
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    match sign {
        "+" => Offset::from_seconds(seconds).ok(),
        "-" => Offset::from_seconds(-seconds).ok(),
        _ => None,
    }
}

fn moment(text: &str, zone: &TimeZone) -> Result<Timestamp, FreezeError> {
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Ok(moment);
    }
    let civil: Option<DateTime> = text.parse().ok();
    civil
        .and_then(|civil| zone.to_timestamp(civil).ok())
        .ok_or_else(|| FreezeError::Moment(text.to_owned()))
}

fn week_time(text: &str) -> Result<(Weekday, Time), FreezeError> {
    let parse = || {
        let (day, time) = text.split_once(' ')?;
        let day = DAYS.iter().find(|(n, _)| *n == day)?.1;
        let (hour, minute) = time.split_once(':')?;
        let two = |s: &str| (s.len() == 2).then(|| s.parse::<i8>().ok()).flatten();
        Some((day, Time::new(two(hour)?, two(minute)?, 0, 0).ok()?))
    };
    parse().ok_or_else(|| FreezeError::WeekTime(text.to_owned()))
}

#[cfg(feature = "serde")]
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFreeze {
    name: String,
    start: Option<String>,
    end: Option<String>,
    from: Option<String>,
    until: Option<String>,
    time_zone: Option<String>,
    #[serde(default)]
    targets: Vec<String>,
}

#[cfg(feature = "serde")]
impl TryFrom<RawFreeze> for Freeze {
    type Error = FreezeError;

    fn try_from(raw: RawFreeze) -> Result<Self, FreezeError> {
        let zone = raw.time_zone.as_deref();
        let freeze = match (&raw.start, &raw.end, &raw.from, &raw.until) {
            (Some(start), Some(end), None, None) => Self::once(&raw.name, start, end, zone),
            (None, None, Some(from), Some(until)) => Self::weekly(&raw.name, from, until, zone),
            _ => Err(FreezeError::Shape(raw.name.clone())),
        }?;
        Ok(Self {
            targets: raw.targets,
            ..freeze
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_weekly_window_runs_over_the_week_end_by_its_own_clock() {
        // Central European time: one hour ahead, two in summer.
        let zone = Some("CET-1CEST,M3.5.0,M10.5.0/3");
        let freeze = Freeze::weekly("week end", "fri 16:00", "mon 08:00", zone).unwrap();
        let table = [
            ("2026-01-16T14:59:59Z", false),
            ("2026-01-16T15:00:00Z", true),
            ("2026-01-18T12:00:00Z", true),
            ("2026-01-19T06:59:59Z", true),
            ("2026-01-19T07:00:00Z", false),
            ("2026-07-17T13:59:59Z", false),
            ("2026-07-17T14:00:00Z", true),
            ("2026-07-20T06:00:00Z", false),
        ];
        for (now, expected) in table {
            assert_eq!(freeze.holds("main", at(now)), expected, "{now}");
        }
        let inside = Freeze::weekly("noon", "tue 11:00", "tue 13:00", None).unwrap();
        assert!(inside.holds("main", at("2026-01-20T12:00:00Z")));
        assert!(!inside.holds("main", at("2026-01-21T12:00:00Z")));
    }

    #[test]
    fn a_freeze_may_concern_some_targets_only() {
        let mut freeze =
            Freeze::once("x", "2026-01-01T00:00", "2026-01-02T00:00", Some("-05:30")).unwrap();
        freeze.targets = vec!["main".to_owned()];
        assert!(freeze.holds("main", at("2026-01-01T05:30:00Z")));
        assert!(!freeze.holds("main", at("2026-01-01T05:29:59Z")));
        assert!(!freeze.holds("develop", at("2026-01-01T12:00:00Z")));
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        let day = ("2026-01-01T00:00", "2026-01-02T00:00");
        assert!(matches!(
            Freeze::once("x", day.1, day.0, None),
            Err(FreezeError::Empty(name)) if name == "x"
        ));
        assert!(matches!(
            Freeze::once("x", day.0, day.1, Some("Mars/Olympus")),
            Err(FreezeError::Zone(_))
        ));
        assert!(matches!(
            Freeze::once("x", "soon", day.1, None),
            Err(FreezeError::Moment(_))
        ));
        for bad in [
            "friday 16:00",
            "fri 16",
            "fri 24:00",
            "fri 1:00",
            "",
            "fri  16:00",
        ] {
            assert!(matches!(
                Freeze::weekly("x", bad, "mon 08:00", None),
                Err(FreezeError::WeekTime(_))
            ));
        }
    }
}
