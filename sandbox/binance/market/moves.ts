/**
 * What a person has done to a price, from a slot on until the next piece. A shift is added to the path, so that the
 * price keeps moving. A pin stops it.
 */
export type Piece = { from: number } & ({ kind: "shift"; ticks: number } | { kind: "pin"; ticks: number });

/** A part of a piece: the slots in [from, to). */
export type Stretch = Piece & { to: number };

/** A price that was moved slowly changes at most this often on the way. */
const stepsOfMove = 500;

/** The moves of a symbol's price. They change only slots that are still to come, so that nobody saw another past. */
export class Moves {
  #pieces: Piece[] = [{ kind: "shift", from: 0, ticks: 0 }];

  /** @returns the piece that applies to a slot */
  at(slot: number): Piece {
    const piece = this.#pieces.findLast(({ from }) => from <= slot) ?? this.#pieces[0];
    if (piece === undefined) {
      throw new Error("there is always a first piece");
    }
    return piece;
  }

  /** The pieces that apply to the slots in [from, to), cut to them. */
  in(from: number, to: number): Stretch[] {
    return this.#pieces.flatMap((piece, index) => {
      const next = this.#pieces[index + 1]?.from ?? to;
      const begin = piece.from < from ? from : piece.from;
      const end = next < to ? next : to;
      return begin < end ? [{ ...piece, from: begin, to: end }] : [];
    });
  }

  /** Replaces everything from the first of these pieces on. */
  add(...pieces: [Piece, ...Piece[]]): void {
    const [{ from }] = pieces;
    this.#pieces = [...this.#pieces.filter((piece) => piece.from < from), ...pieces];
  }
}

/** A shift that goes in equal steps from one value to another, which it reaches at the last slot. */
export function staircase(
  shifts: { begin: number; end: number },
  slots: { from: number; last: number },
): [Piece, ...Piece[]] {
  const { from, last } = slots;
  const steps = Math.max(0, Math.min(stepsOfMove, last - from));
  const stair = Array.from({ length: steps }, (_, step): Piece => {
    const part = (step + 1) / (steps + 1);
    return {
      kind: "shift",
      from: from + Math.floor((step * (last - from)) / steps),
      ticks: Math.round(shifts.begin + (shifts.end - shifts.begin) * part),
    };
  });
  const final: Piece = { kind: "shift", from: last, ticks: shifts.end };
  const [first = final, ...rest] = stair;
  return stair.length === 0 ? [final] : [first, ...rest, final];
}
