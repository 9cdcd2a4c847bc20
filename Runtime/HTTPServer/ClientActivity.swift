import NIOCore

/// What a connection waits for from its client, and since when. It decides when a silent client is given up.
struct ClientActivity {
    private enum Phase { case idle, head, body, response }

    private var phase = Phase.idle
    private var since: NIODeadline

    init(at now: NIODeadline) { since = now }

    /// Bytes of any part of a request have arrived.
    mutating func bytesArrived(at now: NIODeadline) {
        switch phase {
        case .idle: (phase, since) = (.head, now)
        case .body: since = now
        case .head, .response: break
        }
    }

    mutating func headEnded(at now: NIODeadline) { (phase, since) = (.body, now) }

    mutating func requestEnded() { phase = .response }

    mutating func responseEnded(at now: NIODeadline) { (phase, since) = (.idle, now) }

    /// When the client is given up if nothing more arrives; nil while the server has to respond.
    func deadline(_ limits: ServerLimits) -> NIODeadline? {
        switch phase {
        case .idle: since + TimeAmount(limits.idle)
        case .head, .body: since + TimeAmount(limits.request)
        case .response: nil
        }
    }
}
