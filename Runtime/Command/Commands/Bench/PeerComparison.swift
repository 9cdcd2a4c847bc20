/// Compares our implementation with peers in alternating rounds: medians over the rounds, and their ratios.
struct PeerComparison {
    typealias Round = (samples: Double, seconds: Double, processorSeconds: Double)

    /// The figure computed of a round; CPU times are compared.
    enum Figure {
        /// Samples a second.
        case speed
        /// Time of `samples` samples, in seconds times `scale`.
        case cost(samples: Double, scale: Double, unit: String)

        func value(_ round: Round, _ seconds: Double) -> Double {
            switch self {
            case .speed: round.samples / seconds
            case .cost(let samples, let scale, _): scale * seconds * samples / round.samples
            }
        }

        var unit: String {
            switch self {
            case .speed: "samples/s"
            case .cost(_, _, let unit): unit
            }
        }
    }

    /// Another implementation of the same work.
    struct Peer {
        let name: String
        /// Its figure by CPU time when the targets were set; nil = unknown.
        var reference: Double?
        let round: () throws -> Round
    }

    let figure: Figure
    let rounds: Int
    /// Added to the figures' names, such as "batch 512".
    var about = ""

    /// Adds medians and ratios to the report. When a peer reaches less than nine tenths of its reference, the measurement is not valid.
    func run(_ ours: () throws -> Round, _ peers: [Peer], into report: inout BenchReport) throws {
        var own: [Round] = []
        var theirs = [[Round]](repeating: [], count: peers.count)
        for _ in 0..<rounds {
            own.append(try ours())
            for (i, peer) in peers.enumerated() { theirs[i].append(try peer.round()) }
        }
        let (processor, clock) = medians(own)
        add("Bellwether", processor, clock, nil, into: &report)
        for (peer, found) in zip(peers, theirs) {
            let (theirProcessor, theirClock) = medians(found)
            add(peer.name, theirProcessor, theirClock, peer.reference, into: &report)
            let ratio = if case .speed = figure { processor / theirProcessor } else { theirProcessor / processor }
            report.add("Bellwether over \(peer.name)\(suffix)", ratio, "times as fast by CPU")
        }
    }

    private var suffix: String { about.isEmpty ? "" : ", \(about)" }

    private func medians(_ found: [Round]) -> (processor: Double, clock: Double) {
        (
            Measurements(found.map { figure.value($0, $0.processorSeconds) }).median,
            Measurements(found.map { figure.value($0, $0.seconds) }).median
        )
    }

    private func add(_ name: String, _ processor: Double, _ clock: Double, _ reference: Double?, into report: inout BenchReport) {
        report.add(name + suffix, processor, figure.unit + " of CPU", note: reference.map { verdict(processor, $0) })
        report.add("\(name) by the clock\(suffix)", clock, figure.unit)
    }

    private func verdict(_ value: Double, _ reference: Double) -> String {
        let share = if case .speed = figure { value / reference } else { reference / value }
        let percent = Int((100 * share).rounded())
        let target = "its reference, \(BenchReport.text(reference))"
        return share >= 0.9
            ? "\(percent) % of \(target): the measurement is valid" : "only \(percent) % of \(target): the measurement is not valid"
    }
}
