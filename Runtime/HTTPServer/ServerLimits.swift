/// What a server grants its clients: how many may be connected, and how long they may send or take nothing.
package struct ServerLimits: Sendable {
    /// Connections that are open at the same time. The next one gets status 503 and is closed.
    package var connections: Int
    /// How long a connection stays open without a byte while no request is under way.
    package var idle: Duration
    /// How long the head of a request may take from its first byte, and how long its body may pause. A body also has
    /// to come at a thousand bytes a second on average, after this time.
    package var request: Duration
    /// How long a client may take none of a response's bytes, counted in pieces of 64 KiB.
    package var response: Duration

    package init(
        connections: Int = 1024, idle: Duration = .seconds(60), request: Duration = .seconds(30), response: Duration = .seconds(120)
    ) {
        self.connections = connections
        self.idle = idle
        self.request = request
        self.response = response
    }
}
