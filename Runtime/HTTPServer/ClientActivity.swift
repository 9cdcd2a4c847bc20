import NIOCore

/// What a connection waits for from its client, and since when. It decides when a silent client is given up.
struct ClientActivity {
    private enum Phase { case idle, head, body, response }

    private var phase = Phase.idle
    private var since: NIODeadline
    /// When the body began, and how many bytes have arrived since.
    private var body = (begin: NIODeadline.distantPast, bytes: Int64(0))
    /// Writes that the client's connection has not accepted, and when one began or was accepted last.
    private var writes = (waiting: 0, since: NIODeadline.distantPast)

    init(at now: NIODeadline) { since = now }

    /// Bytes of any part of a request have arrived.
    mutating func bytesArrived(_ count: Int, at now: NIODeadline) {
        switch phase {
        case .idle: (phase, since) = (.head, now)
        case .body:
            since = now
            body.bytes += Int64(count)
        case .head, .response: break
        }
    }

    mutating func headEnded(at now: NIODeadline) {
        (phase, since) = (.body, now)
        body = (now, 0)
    }

    mutating func requestEnded() { phase = .response }

    mutating func responseEnded(at now: NIODeadline) { (phase, since) = (.idle, now) }

    /// A part of a response waits until the client's connection accepts it.
    mutating func writeBegan(at now: NIODeadline) {
        if writes.waiting == 0 { writes.since = now }
        writes.waiting += 1
    }

    mutating func writeAccepted(at now: NIODeadline) { writes = (writes.waiting - 1, now) }

    /// When the client is given up if nothing more arrives, and nothing more is accepted; nil while the server has to respond.
    func deadline(_ limits: ServerLimits) -> NIODeadline? {
        let request: NIODeadline? =
            switch phase {
            case .idle: since + TimeAmount(limits.idle)
            case .head: since + TimeAmount(limits.request)
            // A thousand bytes a second, so that a body of one byte now and then ends.
            case .body: min(since, body.begin + .milliseconds(body.bytes)) + TimeAmount(limits.request)
            case .response: nil
            }
        guard writes.waiting > 0 else { return request }
        let response = writes.since + TimeAmount(limits.response)
        return request.map { min($0, response) } ?? response
    }
}
