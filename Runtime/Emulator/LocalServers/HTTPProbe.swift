import NIOCore
import NIOPosix

/// Asks a loopback server for nothing but a status.
enum HTTPProbe {
    /// nil when nobody answers within a second.
    static func status(_ method: String, _ path: String, port: Int) async -> Int? {
        let request = ByteBuffer(string: "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
        let answer = try? await withThrowingTaskGroup(of: String?.self) { group in
            group.addTask { try await exchange(request, port: port) }
            group.addTask {
                try await Task.sleep(for: .seconds(1))
                return nil
            }
            defer { group.cancelAll() }
            return try await group.next() ?? nil
        }
        guard let words = answer.flatMap({ $0 })?.split(separator: " ", maxSplits: 2), words.count > 1 else { return nil }
        return Int(words[1].prefix(3))
    }

    private static func exchange(_ request: ByteBuffer, port: Int) async throws -> String? {
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.milliseconds(500))
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture { try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel) }
            }
        return try await channel.executeThenClose { inbound, outbound in
            try await outbound.write(request)
            for try await bytes in inbound { return String(buffer: bytes) }
            return nil
        }
    }
}
