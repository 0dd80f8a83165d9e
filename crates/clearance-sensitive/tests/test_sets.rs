//! Recall and false alarms on sets made from the formats: thousands of valid values in the
//! places where they are found, and thousands of look-alikes.
#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::string_slice
)]

mod support;

use clearance_sensitive::scan;
use support::{Dice, Rule, load, make};

/// Where a value stands: configuration, code, commands, logs. `@` is the value, `#` the name.
const PLACES: &[&str] = &[
    "#=@\n",
    "#: @\n",
    "\"#\": \"@\",",
    "const # = '@';",
    "let # = \"@\".to_string();",
    "# := \"@\"",
    "<#>@</#>",
    "export #=\"@\"; run",
    "os.environ['#'] = \"@\"",
    "client.connect(#=\"@\", timeout=3)",
    "  - name: #\n    value: @\n",
    "# => '@',",
];

/// Values whose form gives them away need no name.
const BARE: &[&str] = &[
    "@",
    "error: token @ was rejected",
    "(@)",
    "[\"@\"]",
    "url?x=@&y=1",
    "`@`",
    "see @.",
];

fn named(rule: &Rule, dice: &mut Dice) -> Option<(String, String)> {
    let shape = &rule.value[dice.roll(rule.value.len())];
    let shape = if shape == "opaque" {
        r"\a{12}\d\a{20}"
    } else {
        shape
    };
    let value = make(shape, rule.check.as_deref(), dice);
    let word = &rule.near[dice.roll(rule.near.len())];
    // Values as random as providers make them hold digits; a few tries give one.
    let random =
        value.len() < 20 || value.bytes().filter(u8::is_ascii_digit).count() >= value.len() / 8;
    random.then(|| {
        (
            format!("{}_API_KEY", word.replace([' ', '.', '-'], "_")),
            value,
        )
    })
}

#[test]
fn recall_on_generated_positives() {
    let mut dice = Dice(2024);
    let (mut total, mut missed) = (0, Vec::new());
    for rule in load() {
        for _ in 0..2 {
            if !rule.token.is_empty() && !rule.hits[0].starts_with('@') && rule.code.is_none() {
                let shape = rule.token[dice.roll(rule.token.len())].clone();
                let value = make(&shape, rule.check.as_deref(), &mut dice);
                if value.contains(' ') || rule.open_right {
                    continue;
                }
                let place = BARE[dice.roll(BARE.len())].replace('@', &value);
                total += 1;
                if scan(place.as_bytes()).is_empty() {
                    missed.push(format!("{}: {place}", rule.id));
                }
            }
            if !rule.near.is_empty() {
                let Some((name, value)) = named(&rule, &mut dice) else {
                    continue;
                };
                let place = PLACES[dice.roll(PLACES.len())]
                    .replace('#', &name)
                    .replace('@', &value);
                total += 1;
                if scan(place.as_bytes()).is_empty() {
                    missed.push(format!("{}: {place}", rule.id));
                }
            }
        }
    }
    // Passwords and random values under ordinary names, and in addresses.
    for _ in 0..400 {
        let secret = make(r"\a{10}\d\a{12}\d\a{12}", None, &mut dice);
        let name = ["client_secret", "ACCESS_TOKEN", "apiKey", "auth_token"][dice.roll(4)];
        let place = PLACES[dice.roll(PLACES.len())]
            .replace('#', name)
            .replace('@', &secret);
        let password = make(r"[a-z]{3}[A-Z]{2}\d{2}[!#%]\a{4}", None, &mut dice);
        let address = format!(
            "{}://svc:{}@db.internal/x",
            ["postgres", "mongodb+srv", "amqp", "redis"][dice.roll(4)],
            make(r"\a{14}\d", None, &mut dice)
        );
        for text in [place, format!("password: \"{password}\""), address] {
            total += 1;
            if scan(text.as_bytes()).is_empty() {
                missed.push(text);
            }
        }
    }
    assert!(total >= 2_000, "{total}");
    println!("{} of {total} missed", missed.len());
    assert!(
        missed.len() * 50 <= total,
        "{} of {total} missed\n{}",
        missed.len(),
        missed.join("\n")
    );
}

/// Values beside a provider's name that are not the provider's: broken in the middle, far away in a
/// sentence, of another form than the documented one; and names that hold no secret.
fn look_alikes_near_names(dice: &mut Dice) -> Vec<String> {
    let mut texts = Vec::new();
    for rule in load() {
        let word = rule.near.first().or(rule.exclusive.first());
        let Some(word) = word.filter(|word| word.len() > 4) else {
            continue;
        };
        let value = make(r"\a{9}\d\a{6}", None, dice);
        let tail = make(r"\a{7}\d\a{9}", None, dice);
        texts.push(format!("{word} = '{value}?{tail}'"));
        texts.push(format!(
            "{word} stands rather far away from what follows in the text\n = '{value}{tail}'"
        ));
        for name in &rule.exclusive {
            let value = make(r"[g-z]{3}\a{11}\d\a{4}", None, dice);
            let name = name.replace(' ', "_");
            texts.push(format!("{name}_token = \"{value}\""));
            texts.push(format!("MY_{}_KEY={value}", name.to_uppercase()));
        }
    }
    for _ in 0..50 {
        let random = make(r"\a{8}\d{2}\a{12}", None, dice);
        let uuid = make(r"\h{8}-\h{4}-4\h{3}-[89ab]\h{3}-\h{12}", None, dice);
        let hex = make(r"\h{32}", None, dice);
        texts.extend([
            format!("\"credentialId\": \"{random}\""),
            format!("kms_key_id = \"{uuid}\""),
            format!("<UserSecretsId>{uuid}</UserSecretsId>"),
            format!("nonMatchingToken := \"{random}\""),
            format!("invalid_token = \"{random}\""),
            format!("password: \"U2FsdGVkX1{}\"", make(r"\b{32}", None, dice)),
            format!("api_key: 'vault:v1:{}'", make(r"\b{40}", None, dice)),
            format!("https://cdn.corp.dev/favicon.ico-{hex}.png"),
        ]);
    }
    texts
}

#[test]
fn false_alarms_on_hard_negatives() {
    let mut dice = Dice(77);
    let mut texts: Vec<String> = Vec::new();
    for rule in load() {
        // Too short, masked, or with a wrong check: tokens of fixed length without alternatives.
        if let [shape] = rule.token.as_slice() {
            if rule.open_right
                || rule.code.is_some()
                || !shape.ends_with('}')
                || shape.ends_with(",}")
            {
                continue;
            }
            let value = make(shape, rule.check.as_deref(), &mut dice);
            if value.len() < 24
                || value.contains(' ')
                || shape.rsplit('{').next().is_some_and(|n| n.contains(','))
            {
                continue;
            }
            texts.push(format!("see {} there", &value[..value.len() - 5]));
            let head: String = value.chars().take(8).collect();
            texts.push(format!("token = \"{head}{}\"", "*".repeat(20)));
            texts.push(format!("KEY={head}{}", "X".repeat(30)));
            if rule.check.as_deref() == Some("crc32-base62") {
                for _ in 0..30 {
                    let wrong = make(shape, None, &mut dice);
                    texts.push(format!("value {wrong} end"));
                }
            }
        }
    }
    texts.extend(look_alikes_near_names(&mut dice));
    for _ in 0..200 {
        let hex40 = make(r"\h{40}", None, &mut dice);
        let hex64 = make(r"\h{64}", None, &mut dice);
        let uuid = make(r"\h{8}-\h{4}-4\h{3}-[89ab]\h{3}-\h{12}", None, &mut dice);
        let sri = make(r"\b{86}==", None, &mut dice);
        texts.extend([
            format!("commit {hex40}\nAuthor: Mia"),
            format!("checksum = \"{hex64}\"\nname = \"serde\""),
            format!("\"integrity\": \"sha512-{sri}\""),
            format!("\"resolved\": \"https://registry.test/x/-/x-1.0.tgz#{hex40}\""),
            format!("id: {uuid}"),
            format!(
                "<link integrity=\"sha384-{}\">",
                make(r"\b{64}", None, &mut dice)
            ),
            format!("uses: actions/checkout@{hex40}"),
            format!("{hex64}  dist/file.tar.gz"),
            format!("image: repo/app@sha256:{hex64}"),
            format!(
                "var a{}=function(b,c){{return b.key_{}+c.token{}}};",
                dice.roll(999),
                dice.roll(99),
                dice.roll(99)
            ),
            format!("API_KEY=your_api_key_{}", dice.roll(999)),
            format!("password: ${{DB_PASSWORD_{}}}", dice.roll(99)),
            format!("secret_key = os.environ[\"SECRET_KEY_{}\"]", dice.roll(99)),
            format!("token = get_token_for_user_{}(request)", dice.roll(999)),
            format!("apiKey: process.env.API_KEY_{}", dice.roll(99)),
            format!(
                "postgres://user:password@localhost:5432/db{}",
                dice.roll(99)
            ),
            format!(
                "const tokenTypeNames{} = [\"identifier\", \"keyword\"];",
                dice.roll(99)
            ),
            format!(
                "data:image/png;base64,iVBORw0KGgo{}",
                make(r"\b{200}", None, &mut dice)
            ),
            format!("public_key = \"{}\"", make(r"\b{43}=", None, &mut dice)),
            format!("password = \"changeme{}\"", dice.roll(99)),
        ]);
    }
    texts.sort();
    texts.dedup();
    let alarms: Vec<String> = texts
        .iter()
        .filter_map(|text| {
            scan(text.as_bytes())
                .first()
                .map(|one| format!("{}: {text}", one.rule_id()))
        })
        .collect();
    assert!(texts.len() >= 2_000, "{}", texts.len());
    println!("{} of {} alarmed", alarms.len(), texts.len());
    assert!(
        alarms.len() * 50 <= texts.len(),
        "{} of {}\n{}",
        alarms.len(),
        texts.len(),
        alarms.join("\n")
    );
}
