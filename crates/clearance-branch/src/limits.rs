//! What holds back a release beside reviews: metric budgets and the age of open
//! vulnerabilities. Merges and gates share these rules.

use std::collections::BTreeMap;

/// How bad a vulnerability is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Fix within 90 days.
    Low,
    /// Fix within 30 days.
    Medium,
    /// Fix within a week.
    High,
    /// Fix within a day.
    Critical,
}

impl Severity {
    /// `low`, `medium`, `high` or `critical`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The severity of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|s| s.as_str() == name)
    }
}

/// How long vulnerabilities may stay open, in hours; late only *after* that.
#[derive(Clone, Copy, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct VulnerabilityAges {
    /// For critical ones; 24 by default.
    pub critical: f64,
    /// For high ones; 168 by default.
    pub high: f64,
    /// For medium ones; 720 by default.
    pub medium: f64,
    /// For low ones; 2160 by default.
    pub low: f64,
}

impl Default for VulnerabilityAges {
    fn default() -> Self {
        Self {
            critical: 24.0,
            high: 168.0,
            medium: 720.0,
            low: 2160.0,
        }
    }
}

impl VulnerabilityAges {
    /// The limit for a severity, in hours.
    #[must_use]
    pub const fn limit(&self, severity: Severity) -> f64 {
        match severity {
            Severity::Critical => self.critical,
            Severity::High => self.high,
            Severity::Medium => self.medium,
            Severity::Low => self.low,
        }
    }

    /// Whether a vulnerability is late; `None` if its severity or age is not known.
    #[must_use]
    pub fn is_late(&self, vulnerability: &Vulnerability) -> Option<bool> {
        let age = vulnerability.age_hours.filter(|age| *age >= 0.0)?;
        // Written so that a limit that is no number makes everything late.
        let in_time = age <= self.limit(vulnerability.severity?);
        Some(!in_time)
    }
}

/// An open vulnerability.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vulnerability {
    /// Its id, such as a CVE number, if known.
    pub id: Option<String>,
    /// How bad it is; `None` if that is not known.
    pub severity: Option<Severity>,
    /// Hours since it was found; `None` if that is not known.
    pub age_hours: Option<f64>,
}

/// What measured values must stay under, strictly.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Budgets {
    /// The bound of each metric; a value equal to it is over. The unit is in the name.
    pub below: BTreeMap<String, f64>,
    /// Metrics that must be reported. One that is reported without a value is always
    /// unmeasured, listed here or not.
    pub required: Vec<String>,
}

impl Default for Budgets {
    fn default() -> Self {
        let below = [
            ("ttfb_ms", 200.0),
            ("lcp_s", 2.5),
            ("fid_ms", 100.0),
            ("inp_ms", 200.0),
            ("cls", 0.1),
            ("api_p50_ms", 100.0),
            ("api_p99_ms", 500.0),
        ];
        let below = below
            .into_iter()
            .map(|(name, bound)| (name.to_owned(), bound))
            .collect();
        Self {
            below,
            required: Vec::new(),
        }
    }
}

/// What is wrong with a metric.
#[derive(Clone, Debug, PartialEq)]
pub enum MetricProblem {
    /// Its value is at or over the bound.
    Over {
        /// Which metric.
        name: String,
        /// Its value.
        value: f64,
        /// The bound.
        bound: f64,
    },
    /// It was not measured.
    Unmeasured {
        /// Which metric.
        name: String,
    },
}

impl Budgets {
    /// What is wrong with these measurements, by name; `None` is "not measured".
    #[must_use]
    pub fn problems(&self, metrics: &BTreeMap<String, Option<f64>>) -> Vec<MetricProblem> {
        let reported = metrics.iter().filter_map(|(name, value)| {
            let bound = *self.below.get(name)?;
            match value.filter(|v| !v.is_nan()) {
                None => Some(MetricProblem::Unmeasured { name: name.clone() }),
                Some(value) if value < bound => None,
                Some(value) => Some(MetricProblem::Over {
                    name: name.clone(),
                    value,
                    bound,
                }),
            }
        });
        let absent = self
            .required
            .iter()
            .filter(|name| !metrics.contains_key(*name));
        reported
            .chain(absent.map(|name| MetricProblem::Unmeasured { name: name.clone() }))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn late_is_after_the_limit() {
        let ages = VulnerabilityAges::default();
        let table = [
            (Some(Severity::Critical), Some(24.0), Some(false)),
            (Some(Severity::Critical), Some(24.01), Some(true)),
            (Some(Severity::Low), Some(2160.0), Some(false)),
            (Some(Severity::Low), None, None),
            (None, Some(1.0), None),
            (Some(Severity::High), Some(f64::NAN), None),
            (Some(Severity::High), Some(-1.0), None),
        ];
        for (severity, age_hours, expected) in table {
            let vulnerability = Vulnerability {
                id: None,
                severity,
                age_hours,
            };
            assert_eq!(ages.is_late(&vulnerability), expected, "{vulnerability:?}");
        }
    }

    #[test]
    fn a_budget_is_strict() {
        let budgets = Budgets {
            required: vec!["cls".to_owned()],
            ..Budgets::default()
        };
        let metrics = |list: &[(&str, Option<f64>)]| {
            list.iter()
                .map(|(n, v)| ((*n).to_owned(), *v))
                .collect::<BTreeMap<_, _>>()
        };
        assert_eq!(
            budgets.problems(&metrics(&[("ttfb_ms", Some(200.0)), ("cls", Some(0.0999))])),
            [MetricProblem::Over {
                name: "ttfb_ms".to_owned(),
                value: 200.0,
                bound: 200.0
            }]
        );
        let unmeasured = |name: &str| MetricProblem::Unmeasured {
            name: name.to_owned(),
        };
        assert_eq!(
            budgets.problems(&metrics(&[("lcp_s", None), ("other", Some(9e9))])),
            [unmeasured("lcp_s"), unmeasured("cls")]
        );
        assert_eq!(
            budgets.problems(&metrics(&[("cls", Some(f64::NAN))])),
            [unmeasured("cls")]
        );
    }
}
