import Synchronization

/// The endpoints of the api port; it fills while the machine starts.
final class RouteTable: Sendable {
    private let routes = Mutex<[Route]>([])

    var all: [Route] { routes.withLock { $0 } }

    func add(_ more: [Route]) { routes.withLock { $0 += more } }
}
