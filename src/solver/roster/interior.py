"""The linear master of column generation, solved from inside: a compiled primal-dual interior-point method.

Rows of people are columns of the program; cover lines have slack on both sides at a price, so that a point
well inside is always known and nothing is ever infeasible. Ended early it gives prices from the middle of
what is still open, which is what new rows should be priced by: after J. Gondzio, P. González-Brevis, P.
Munari, "New developments in the primal-dual column generation technique", European Journal of Operational
Research 224 (2013), with the predictor and corrector of S. Mehrotra (SIAM Journal on Optimization 2, 1992).

`lines[j, :count[j]]` are the cover lines that column j serves, `person[j]` whose it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from src.solver.roster.kernel import compiled, compiled_fast

ROUNDS = 80
"""Newton steps at most; some ten are usual."""
NEAR_EDGE = 0.99
"""How far of the way to the edge a step may go."""
DEAD = 1e-9
"""Columns whose weight in the normal equations is that much below the largest add nothing to them."""
FEASIBLE = 1e-4
FIRM = 1e-10


@compiled_fast
def factor(m: Any) -> None:
    """Cholesky factor of a symmetric positive matrix, in its lower half; four rows at a time."""
    size = m.shape[0]
    for i in range(0, size, 4):
        last = min(i + 4, size)
        for j in range(i):
            if last - i == 4:
                a, b, c, d = 0.0, 0.0, 0.0, 0.0
                for k in range(j):
                    v = m[j, k]
                    a += m[i, k] * v
                    b += m[i + 1, k] * v
                    c += m[i + 2, k] * v
                    d += m[i + 3, k] * v
                inverse = 1.0 / m[j, j]
                m[i, j] = (m[i, j] - a) * inverse
                m[i + 1, j] = (m[i + 1, j] - b) * inverse
                m[i + 2, j] = (m[i + 2, j] - c) * inverse
                m[i + 3, j] = (m[i + 3, j] - d) * inverse
            else:
                for row in range(i, last):
                    a = 0.0
                    for k in range(j):
                        a += m[row, k] * m[j, k]
                    m[row, j] = (m[row, j] - a) / m[j, j]
        for row in range(i, last):
            for j in range(i, row + 1):
                a = 0.0
                for k in range(j):
                    a += m[row, k] * m[j, k]
                if row == j:
                    m[row, row] = np.sqrt(max(m[row, row] - a, FIRM))
                else:
                    m[row, j] = (m[row, j] - a) / m[j, j]


@compiled_fast
def back(m: Any, b: Any) -> None:
    """Solve with a factor of `factor`, in place."""
    size = b.shape[0]
    for i in range(size):
        v = 0.0
        for k in range(i):
            v += m[i, k] * b[k]
        b[i] = (b[i] - v) / m[i, i]
    for i in range(size - 1, -1, -1):
        v = b[i] / m[i, i]
        b[i] = v
        for k in range(i):
            b[k] -= m[i, k] * v


@compiled
def pay(lines: Any, count: Any, person: Any, y: Any, w: Any, out: Any) -> None:
    """What the prices `y` of lines and `w` of people pay each column."""
    for j in range(out.shape[0]):
        v = w[person[j]]
        for k in range(count[j]):
            v += y[lines[j, k]]
        out[j] = v


@compiled
def serve(lines: Any, count: Any, person: Any, x: Any, of_lines: Any, of_people: Any) -> None:
    """How much of each line and of each person the columns hold together."""
    of_lines[:] = 0.0
    of_people[:] = 0.0
    for j in range(x.shape[0]):
        v = x[j]
        of_people[person[j]] += v
        for k in range(count[j]):
            of_lines[lines[j, k]] += v


@compiled
def normal(lines: Any, count: Any, person: Any, d: Any, m: Any, q: Any, of_people: Any) -> None:
    """The normal equations by lines (`m`, lower half), by people and lines (`q`), and by people."""
    m[:, :] = 0.0
    q[:, :] = 0.0
    of_people[:] = 0.0
    least = DEAD * d.max()
    for j in range(d.shape[0]):
        v = d[j]
        p = person[j]
        of_people[p] += v
        if v < least:
            continue
        for a in range(count[j]):
            line = lines[j, a]
            q[p, line] += v
            for b in range(a + 1):
                m[line, lines[j, b]] += v


@compiled_fast
def eliminate(m: Any, q: Any, of_people: Any) -> None:
    """Take the people's equations out of those of the lines."""
    for line in range(m.shape[0]):
        for p in range(q.shape[0]):
            v = q[p, line]
            if v != 0.0:
                v /= of_people[p]
                for other in range(line + 1):
                    m[line, other] -= v * q[p, other]


@compiled
def reach(v: Any, dv: Any) -> float:
    """How far, up to 1, `v` can go along `dv` without crossing zero."""
    best = 1.0
    for i in range(v.shape[0]):
        if dv[i] < 0.0 and -v[i] > best * dv[i]:
            best = -v[i] / dv[i]
    return best


@compiled
def direction(
    lines: Any,
    count: Any,
    person: Any,
    m: Any,
    q: Any,
    of_people: Any,
    ratios: Any,
    missing: Any,
    wanted: Any,
) -> Any:
    """One Newton step: changes of columns, missing, surplus, their reduced costs, and both prices.

    `ratios`: x/s of the three kinds of variables. `missing`: what equations lack, of lines and of people,
    and of the reduced costs. `wanted`: (wished product − product of now − x · lack) / s of each kind.
    """
    dx_s, du_s, do_s = ratios
    of_line, of_person, of_x, of_u, of_o = missing
    hx, hu, ho = wanted
    held, owned = np.empty(m.shape[0]), np.empty(q.shape[0])
    serve(lines, count, person, hx, held, owned)
    to_people = of_person - owned
    dy = of_line - held - hu + ho
    for p in range(q.shape[0]):
        share = to_people[p] / of_people[p]
        for line in range(m.shape[0]):
            dy[line] -= q[p, line] * share
    back(m, dy)
    dw = np.empty(q.shape[0])
    for p in range(q.shape[0]):
        v = to_people[p]
        for line in range(m.shape[0]):
            v -= q[p, line] * dy[line]
        dw[p] = v / of_people[p]
    paid = np.empty(hx.shape[0])
    pay(lines, count, person, dy, dw, paid)
    return (
        hx + dx_s * paid,
        of_x - paid,
        hu + du_s * dy,
        of_u - dy,
        ho - do_s * dy,
        of_o + dy,
        dy,
        dw,
    )


@compiled
def solve(
    lines: Any,
    count: Any,
    person: Any,
    cost: Any,
    need: Any,
    under: Any,
    over: Any,
    people: int,
    prices: Any,
    tolerance: float,
    x: Any,
    y: Any,
    w: Any,
) -> Any:
    """The program to a relative gap of `tolerance`, begun at line prices `prices`; every person has a column.

    Fills `x` (columns), `y` (lines) and `w` (people); returns the value of the columns and that of the
    prices, which is below the value of the program.
    """
    many, all_lines = cost.shape[0], need.shape[0]
    per_person = np.zeros(people)
    for j in range(many):
        per_person[person[j]] += 1.0
    held, owned, paid = np.empty(all_lines), np.empty(people), np.empty(many)
    for j in range(many):
        x[j] = 1.0 / per_person[person[j]]
    inside = np.minimum(1.0, 0.05 * (under + over) + 1e-3)
    upper, lower = under + 1e-3, -over - 1e-3
    y[:] = np.minimum(np.maximum(prices, lower + inside), upper - inside)
    w[:] = 0.0
    pay(lines, count, person, y, w, paid)
    w[:] = np.inf
    for j in range(many):
        w[person[j]] = min(w[person[j]], cost[j] - paid[j])
    w -= 1.0
    s = np.empty(many)
    for j in range(many):
        s[j] = cost[j] - paid[j] - w[person[j]]
    serve(lines, count, person, x, held, owned)
    u = np.maximum(need - held, 0.0) + 0.1
    o = u - (need - held)
    su, so = upper - y, y - lower
    m, q = np.empty((all_lines, all_lines)), np.empty((people, all_lines))
    of_people = np.empty(people)
    kinds = many + 2 * all_lines
    value, below = np.inf, -np.inf
    for _ in range(ROUNDS):
        serve(lines, count, person, x, held, owned)
        of_line = need - held - u + o
        of_person = 1.0 - owned
        pay(lines, count, person, y, w, paid)
        of_x = cost - paid - s
        of_u = upper - y - su
        of_o = y - lower - so
        value = (cost * x).sum() + (upper * u).sum() - (lower * o).sum()
        below = (need * y).sum() + w.sum()
        mean = ((x * s).sum() + (u * su).sum() + (o * so).sum()) / kinds
        lacking = np.abs(of_line).sum() + np.abs(of_person).sum()
        if lacking < FEASIBLE and value - below < max(1e-3, tolerance * abs(value)):
            break
        ratios = (x / s, u / su, o / so)
        normal(lines, count, person, ratios[0], m, q, of_people)
        eliminate(m, q, of_people)
        for line in range(all_lines):
            m[line, line] += ratios[1][line] + ratios[2][line] + FIRM
        factor(m)
        missing = (of_line, of_person, of_x, of_u, of_o)
        wanted = (-x - ratios[0] * of_x, -u - ratios[1] * of_u, -o - ratios[2] * of_o)
        dx, ds, du, dsu, do, dso, dy, dw = direction(
            lines, count, person, m, q, of_people, ratios, missing, wanted
        )
        a = min(reach(x, dx), reach(u, du), reach(o, do))
        b = min(reach(s, ds), reach(su, dsu), reach(so, dso))
        then = ((x + a * dx) * (s + b * ds)).sum()
        then += ((u + a * du) * (su + b * dsu)).sum() + ((o + a * do) * (so + b * dso)).sum()
        goal = mean * (then / kinds / mean) ** 3
        wanted = (
            (goal - dx * ds) / s - x - ratios[0] * of_x,
            (goal - du * dsu) / su - u - ratios[1] * of_u,
            (goal - do * dso) / so - o - ratios[2] * of_o,
        )
        dx, ds, du, dsu, do, dso, dy, dw = direction(
            lines, count, person, m, q, of_people, ratios, missing, wanted
        )
        if not (np.isfinite(dy).all() and np.isfinite(dx).all() and np.isfinite(ds).all()):
            break
        a = min(1.0, NEAR_EDGE * min(reach(x, dx), reach(u, du), reach(o, do)))
        b = min(1.0, NEAR_EDGE * min(reach(s, ds), reach(su, dsu), reach(so, dso)))
        x += a * dx
        u += a * du
        o += a * do
        s += b * ds
        su += b * dsu
        so += b * dso
        y += b * dy
        w += b * dw
    return value, below
