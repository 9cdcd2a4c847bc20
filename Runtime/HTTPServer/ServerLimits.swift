/// What a server grants its clients: how many may be connected, and how long they may send nothing. They may read as slowly as they like.
package struct ServerLimits: Sendable {
    /// Connections that are open at the same time. The next one gets status 503 and is closed.
    package var connections: Int
    /// How long a connection stays open without a byte while no request is under way.
    package var idle: Duration
    /// How long the head of a request may take from its first byte, and how long its body may pause.
    package var request: Duration

    package init(connections: Int = 1024, idle: Duration = .seconds(60), request: Duration = .seconds(30)) {
        self.connections = connections
        self.idle = idle
        self.request = request
    }
}
