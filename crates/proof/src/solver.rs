//! The solver: cvc5 in a process of its own, asked by Cedar's symbolic compiler.

use crate::cedar::{Rule, policy_set};
use crate::places::Places;
use crate::question::Question;
use crate::world::{World, nano};
use accord::{CLOCK_DOUBT_S, Named};
use cedar_policy::{RequestEnv, Schema};
use cedar_policy_symcc::solver::LocalSolver;
use cedar_policy_symcc::{CedarSymCompiler, CompiledPolicySet};
use std::path::PathBuf;
use surveillance::Time;

/// Longest time for one question, milliseconds.
const LIMIT_MS: u64 = 60_000;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum ProofError {
    /// No solver.
    #[error(
        "the solver cvc5 is not there ({0}); on Debian: apt-get install cvc5, elsewhere take the \
         binary from github.com/cvc5/cvc5/releases and name it in CVC5"
    )]
    SolverAbsent(String),
    /// The solver gave no answer.
    #[error("the solver gave no answer: {0}")]
    NoAnswer(String),
}

/// What a proof starts from, on top of the policies: attributes that make no sense are left out.
/// Each is Cedar over one request; each is true of every question whose answer can be yes.
fn sense() -> Vec<String> {
    /// Longest age, and twice as long from now on, seconds: a hundred years.
    const LONG_S: f64 = 100.0 * 365.25 * 86_400.0;
    let long = nano(LONG_S);
    vec![
        // From 1900 to 2200, and no older than a hundred years.
        format!(
            "context.now >= {} && context.now < {}",
            Time::EPOCH.plus_seconds(-70.0 * 365.25 * 86_400.0).unix_nanos(),
            Time::EPOCH.plus_seconds(230.0 * 365.25 * 86_400.0).unix_nanos()
        ),
        format!("context.age >= -{} && context.age < {long}", nano(CLOCK_DOUBT_S)),
        "context.step >= 0 && context.time_step >= 0 && context.since_last >= 0".into(),
        format!(
            "if context has passed_on then context.passed_on.step >= 0 && \
             context.passed_on.time_step >= 0 && context.passed_on.since_last >= 0 && \
             context.passed_on.age >= 0 && context.passed_on.age < {long} else true"
        ),
        // A thousand kilometres up or down.
        "if resource has level then resource.level > -1000000000000 && resource.level < \
         1000000000000 else true"
            .into(),
        // What is not there cannot be told.
        "context.field != Field::\"position\" || resource.placed".into(),
        "context.field != Field::\"address\" || resource has address".into(),
        "context.field != Field::\"callsign\" || resource has callsign".into(),
        // They are behind a track, and go out as they are or not at all.
        "context.field != Field::\"plots\" || resource.kind == Kind::\"track\" && resource.placed && \
         context.step == 0 && context.time_step == 0 && context.since_last == 0"
            .into(),
    ]
}

/// What makes a counterexample plain, most wanted first.
const PLAIN: [&str; 17] = [
    "!context.foreign",
    "context.age <= 3600000000000",
    "context.since_last <= 60000000000 && context.time_step <= 60000000000",
    "context.step == 0",
    "context.time_step == 0",
    "context.since_last == 0",
    "context.age == 0",
    "resource.kind == Kind::\"track\"",
    "resource.placed",
    "context.field == Field::\"position\"",
    "resource.service == Service::\"civil\"",
    "resource.identity == Identity::\"civil\"",
    "resource.flight == Flight::\"untold\"",
    "resource.plan == Plan::\"untold\"",
    "resource.alerts.isEmpty() && resource.alert_state == AlertState::\"none\"",
    "!(resource has callsign)",
    "!(resource has address)",
];

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Nothing allowed by the first is forbidden by the second, whatever the object and instant.
    Proved,
    /// Something is, and this is one.
    Broken(Box<Question>),
    /// Only in a combination of areas, addresses or callsigns for which nothing was found.
    NowhereFound,
}

/// A solver that has taken in a world.
#[derive(Debug)]
pub struct Prover {
    world: World,
    places: Places,
    schema: Schema,
    request: RequestEnv,
    compiler: CedarSymCompiler<LocalSolver>,
    runtime: tokio::runtime::Runtime,
    /// Codes that texts name, as Cedar over one request: those, another, or none.
    codes: Vec<String>,
    /// Instants at which something changes.
    instants: Vec<Time>,
    /// Steps that texts name, micrometres.
    steps: Vec<i64>,
    /// Questions asked of the solver so far.
    pub asked: usize,
}

/// The solver's program: what `CVC5` names, else `cvc5` on the path.
pub fn program() -> PathBuf {
    std::env::var_os("CVC5").map_or_else(|| PathBuf::from("cvc5"), PathBuf::from)
}

impl Prover {
    /// Starts the solver. `named` are the codes that texts name, `instants` those at which
    /// something in them changes, `steps` those of their reductions, micrometres: examples are made
    /// of them.
    pub fn new(
        world: World,
        places: Places,
        named: &[Named],
        (instants, steps): (Vec<Time>, Vec<i64>),
    ) -> Result<Self, ProofError> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| ProofError::NoAnswer(error.to_string()))?;
        let solver = {
            let _inside = runtime.enter();
            LocalSolver::from_command(
                tokio::process::Command::new(program())
                    .args(["--lang", "smt", "--quiet"])
                    .arg(format!("--tlimit-per={LIMIT_MS}")),
            )
        };
        let solver = solver.map_err(|error| match &error {
            cedar_policy_symcc::solver::SolverError::Io(io) => {
                ProofError::SolverAbsent(format!("{}: {io}", program().display()))
            }
            _ => ProofError::SolverAbsent(error.to_string()),
        })?;
        let schema = world.schema();
        let request = schema
            .request_envs()
            .next()
            .unwrap_or_else(|| unreachable!("the schema has one action"));
        let compiler = CedarSymCompiler::new(solver).map_err(|error| no_answer(&error))?;
        let codes = codes(named);
        let asked = 0;
        Ok(Self {
            world,
            places,
            schema,
            request,
            compiler,
            runtime,
            codes,
            instants,
            steps,
            asked,
        })
    }

    /// The world it was started with.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// The places it looks for examples at.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Whether everything `left` allows, where `given` holds, `right` allows.
    pub fn implies(
        &mut self,
        left: &[Rule],
        right: &[Rule],
        given: &[String],
    ) -> Result<Outcome, ProofError> {
        let mut given: Vec<String> =
            given.iter().cloned().chain(sense()).chain(self.places.certain.clone()).collect();
        if self.is_proved(left, right, &given)? {
            return Ok(Outcome::Proved);
        }
        given.push(self.places.is_found());
        given.extend(self.codes.clone());
        let Some(mut example) = self.counterexample(left, right, &given)? else {
            return Ok(Outcome::NowhereFound);
        };
        self.make_plain(left, right, (&mut given, &PLAIN), &mut example)?;
        let steps = self.steps.iter().map(|step| format!("context.step == {step}"));
        let instants = self.instants.iter().map(|at| format!("context.now == {}", at.unix_nanos()));
        for listed in [steps.collect::<Vec<_>>(), instants.collect()] {
            if listed.is_empty() {
                continue;
            }
            given.push(listed.join(" || "));
            match self.counterexample(left, right, &given)? {
                Some(plainer) => example = plainer,
                None => drop(given.pop()),
            }
        }
        Ok(Outcome::Broken(Box::new(example)))
    }

    /// Whether these rules allow nothing, whatever the object and instant, where `given` holds.
    pub fn is_never(&mut self, rules: &[Rule], given: &[String]) -> Result<bool, ProofError> {
        let given: Vec<String> =
            given.iter().cloned().chain(sense()).chain(self.places.certain.clone()).collect();
        self.is_proved(rules, &[], &given)
    }

    /// Adds to `given` as much of what makes an example plain as leaves one: all of it at once if
    /// that can be, else half by half.
    fn make_plain(
        &mut self,
        left: &[Rule],
        right: &[Rule],
        (given, wanted): (&mut Vec<String>, &[&str]),
        example: &mut Question,
    ) -> Result<(), ProofError> {
        let before = given.len();
        given.extend(wanted.iter().map(|plain| (*plain).to_owned()));
        if let Some(plainer) = self.counterexample(left, right, given)? {
            *example = plainer;
            return Ok(());
        }
        given.truncate(before);
        if wanted.len() > 1 {
            let (first, rest) = wanted.split_at(wanted.len() / 2);
            self.make_plain(left, right, (given, first), example)?;
            self.make_plain(left, right, (given, rest), example)?;
        }
        Ok(())
    }

    fn is_proved(
        &mut self,
        left: &[Rule],
        right: &[Rule],
        given: &[String],
    ) -> Result<bool, ProofError> {
        let (left, right) = self.compiled(left, right, given)?;
        let asked = self.compiler.check_implies_opt(&left, &right);
        self.runtime.block_on(asked).map_err(|error| no_answer(&error))
    }

    /// A question that `left` says yes to and `right` no, where `given` holds.
    fn counterexample(
        &mut self,
        left: &[Rule],
        right: &[Rule],
        given: &[String],
    ) -> Result<Option<Question>, ProofError> {
        let (left, right) = self.compiled(left, right, given)?;
        let asked = self.compiler.check_implies_with_counterexample_opt(&left, &right);
        let env = self.runtime.block_on(asked).map_err(|error| no_answer(&error))?;
        let question = |env| {
            Question::of_counterexample(&env, &self.world, &self.places).ok_or_else(|| {
                ProofError::NoAnswer(format!("its counterexample cannot be read: {env}"))
            })
        };
        env.map(question).transpose()
    }

    fn compiled(
        &mut self,
        left: &[Rule],
        right: &[Rule],
        given: &[String],
    ) -> Result<(CompiledPolicySet, CompiledPolicySet), ProofError> {
        self.asked += 1;
        let assumed = given.iter().enumerate().map(|(n, given)| Rule {
            id: format!("given {n}"),
            text: format!("forbid(principal, action, resource) unless {{ {given} }};\n"),
        });
        let left: Vec<Rule> = left.iter().cloned().chain(assumed).collect();
        let compile = |rules: &[Rule]| {
            CompiledPolicySet::compile(&policy_set(rules), &self.request, &self.schema)
                .map_err(|error| no_answer(&error))
        };
        Ok((compile(&left)?, compile(right)?))
    }
}

fn codes(named: &[Named]) -> Vec<String> {
    let either = |attribute: &str, texts: Vec<String>, another: &str| {
        let one = |text: &String| format!("resource.{attribute} == \"{text}\"");
        let listed: Vec<String> = texts.iter().map(one).chain([one(&another.to_owned())]).collect();
        format!("if resource has {attribute} then {} else true", listed.join(" || "))
    };
    let addresses = named.iter().filter_map(|name| match name {
        Named::Address(address) => Some(address.to_string()),
        Named::Callsign(_) => None,
    });
    let signs = named.iter().filter_map(|name| match name {
        Named::Callsign(sign) => Some(sign.as_str().to_owned()),
        Named::Address(_) => None,
    });
    vec![
        either("address", addresses.collect(), "abcdef"),
        either("callsign", signs.collect(), "ENTENTE1"),
    ]
}

fn no_answer(error: &dyn std::error::Error) -> ProofError {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        text.push_str(&format!(": {inner}"));
        source = inner.source();
    }
    ProofError::NoAnswer(text.replace('\n', " "))
}
