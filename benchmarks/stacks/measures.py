"""The measurements. An answer that is not of the expected kind ends them."""

import html
import sys
from collections.abc import Sequence
from itertools import cycle, islice

from content import content
from stacks.bench import Bench, Plan
from stacks.evening import EVENING, MEASURED, Turn
from stacks.processes import memory, processor_seconds
from stacks.running import Stack
from stacks.table import Batch, Results, Taken
from stacks.wire import Answer, Sent

AT_ONCE = 4
"""Connections over which turns arrive when processor time is measured."""

TROUBLE = content().prompts["engine.trouble"].say[0]
TYPED = (
    "we would like something to talk about tonight",
    "could you ask us one about our dreams",
    "i think we need to calm down for a bit",
    "let us begin the check-in please",
    "what was it that we wanted to do this month",
    "the weather is nice in spring",
)


def agree(bench: Bench, stack: Stack) -> None:
    """See that a stack gives the same answer to the same request, and 400 to a tampered one."""
    for turn in MEASURED:
        request, response = bench.spoken[turn.kind]
        (answer,) = stack.hear([request], at_once=1)
        assert (answer.status, answer.response) == (200, response), (stack.name, answer)
        tampered = Sent(request.headers, request.body.replace(b'"en-US"', b'"en-GB"'))
        (refused,) = stack.hear([tampered], at_once=1)
        assert refused.status == 400, (stack.name, refused)


def rounds(bench: Bench, plan: Plan, stacks: Sequence[Stack], results: Results) -> None:
    """Measure each kind of turn, the stacks in turns, after a round that warms them up."""
    _round(bench, stacks, plan.warm, plan.warm, Results())
    for number in range(plan.rounds):
        _tell(f"Turns, round {number + 1} of {plan.rounds}")
        _round(bench, stacks, plan.together, plan.alone, results)


def _round(
    bench: Bench, stacks: Sequence[Stack], together: int, alone: int, results: Results
) -> None:
    ours = stacks[0]
    for turn, requests in bench.alexa.evening(together + alone):
        if turn.measured:
            for stack in stacks:
                batch = _batch(bench, stack, requests[:together], requests[together:])
                results.add(turn.measured, stack.name, batch)
        else:
            _check(ours.hear(requests, AT_ONCE))


def _batch(bench: Bench, stack: Stack, together: Sequence[Sent], alone: Sequence[Sent]) -> Batch:
    before = stack.processor_seconds(), processor_seconds(bench.redis)
    answers = stack.hear(together, AT_ONCE)
    after = stack.processor_seconds(), processor_seconds(bench.redis)
    one_by_one = stack.hear(alone, at_once=1)
    _check([*answers, *one_by_one])
    own, redis = (
        (late - early) * 1000 / len(together) for early, late in zip(before, after, strict=True)
    )
    return Batch(own, redis, [answer.seconds * 1000 for answer in one_by_one])


def _check(answers: Sequence[Answer]) -> None:
    for answer in answers:
        assert answer.status == 200, answer
        said = html.unescape(answer.response["outputSpeech"]["ssml"])
        assert TROUBLE not in said, said


def cold_starts(bench: Bench, plan: Plan, stacks: Sequence[Stack], results: Results) -> None:
    """Measure how long a fresh process takes to its first answer, the stacks in turns."""
    _tell("Cold starts")
    _check(stacks[0].hear([_launch(bench)], at_once=1))  # a household that is known
    for _ in range(plan.cold):
        for stack in stacks:
            answer = stack.answer_cold(_launch(bench))
            _check([answer])
            results.cold.setdefault(stack.name, []).append(answer.seconds)


def _launch(bench: Bench) -> Sent:
    return bench.alexa.signed(Turn(), "amzn1.ask.account.cold")


def memory_of_ours(bench: Bench, plan: Plan, stack: Stack, results: Results) -> None:
    """Measure memory after spoken turns, and a tenth as many that are typed and want the model.

    Over many connections at once, so that each worker gets its share.
    """
    turns, at_once = plan.kept * len(stack.workers), AT_ONCE * len(stack.workers)
    for _, requests in bench.alexa.evening(turns // len(EVENING)):
        _check(stack.hear(requests, at_once))
        typed = stack.type(list(islice(cycle(TYPED), len(requests[::10]))), at_once)
        assert {answer.status for answer in typed} == {200}
    _weigh(stack, results)


def memory_of_official(bench: Bench, plan: Plan, stack: Stack, results: Results) -> None:
    """Measure memory after as many spoken turns.

    The first is sent alone: under several at once Amazon's Python package, which parses the roots
    it shares among threads when they are first looked at, answers some with 500.
    """
    _check(stack.hear([_launch(bench)], at_once=1))
    for _, requests in bench.alexa.evening(plan.kept // len(MEASURED), MEASURED):
        _check(stack.hear(requests, AT_ONCE))
    _weigh(stack, results)


def _weigh(stack: Stack, results: Results) -> None:
    workers = [memory(one) for one in stack.workers]
    together = sum(memory(one).pss for one in stack.processes)
    results.memory.append((stack.name, Taken(workers, together)))


def _tell(what: str) -> None:
    print(what, file=sys.stderr)
