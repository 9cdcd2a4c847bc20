import Formats

/// Reads one HTTP/1.1 response from bytes that arrive in pieces of any size.
struct RuntimeAPIResponseParser {
    private enum Phase { case head, sized(Int), chunkSize, chunk(Int), chunkEnd, trailers, untilClose, done }

    private static let longestLine = 1 << 20
    /// Lambda's events have at most 6 MB.
    private static let largestBody = 64 << 20
    private static let version = Array("HTTP/1.".utf8)

    private var phase = Phase.head
    private var sawStatus = false
    private var pending: [UInt8] = []
    private var position = 0
    private var scanned = 0
    private(set) var response = RuntimeAPIResponse()

    /// Takes the bytes that came and returns whether the response is complete.
    mutating func receive(_ bytes: some Collection<UInt8>) throws(NetworkError) -> Bool {
        pending.append(contentsOf: bytes)
        while try step() {}
        if position == pending.count {
            pending.removeAll(keepingCapacity: true)
            scanned = 0
            position = 0
        }
        guard case .done = phase else { return false }
        if !pending.isEmpty { response.keepsAlive = false }
        return true
    }

    /// The peer closed its side: complete only when the end of the connection ends the body.
    func closed() throws(NetworkError) {
        guard case .untilClose = phase else { throw .closed }
    }

    private mutating func step() throws(NetworkError) -> Bool {
        switch phase {
        case .head:
            guard let line = try line() else { return false }
            try head(line)
        case .sized(let left):
            let taken = try take(left)
            phase = taken == left ? .done : .sized(left - taken)
            return taken > 0 && taken < left
        case .chunkSize:
            guard let line = try line() else { return false }
            let digits = line.prefix { $0 != UInt8(ascii: ";") && $0 != UInt8(ascii: " ") }
            guard let size = Int(String(decoding: digits, as: UTF8.self), radix: 16), size >= 0 else { throw .malformed("chunk size") }
            phase = size == 0 ? .trailers : .chunk(size)
        case .chunk(let left):
            let taken = try take(left)
            phase = taken == left ? .chunkEnd : .chunk(left - taken)
            return taken > 0
        case .chunkEnd:
            guard let line = try line() else { return false }
            guard line.isEmpty else { throw .malformed("chunk longer than its size") }
            phase = .chunkSize
        case .trailers:
            guard let line = try line() else { return false }
            if line.isEmpty { phase = .done }
        case .untilClose:
            return try take(pending.count - position) > 0
        case .done:
            return false
        }
        return true
    }

    private mutating func head(_ line: ArraySlice<UInt8>) throws(NetworkError) {
        if !sawStatus {
            if line.isEmpty { return }
            let code = line.dropFirst(9).prefix(3).reduce(0) { (48...57).contains($1) ? $0 * 10 + Int($1 - 48) : 1000 }
            guard line.starts(with: Self.version), line.count >= 12, (100..<600).contains(code) else { throw .malformed("status line") }
            response.status = HTTPStatus(code: code)
            response.keepsAlive = line.dropFirst(7).first == UInt8(ascii: "1")
            sawStatus = true
        } else if line.isEmpty {
            try endOfHead()
        } else if let colon = line.firstIndex(of: UInt8(ascii: ":")) {
            guard let name = HeaderName(line[..<colon]) else { return }
            let blank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
            var value = line[(colon + 1)...].drop(while: blank)
            while let last = value.last, blank(last) { value.removeLast() }
            response.headers.append(.init(name: name, value: String(decoding: value, as: UTF8.self)))
        } else {
            throw .malformed("header line")
        }
    }

    private mutating func endOfHead() throws(NetworkError) {
        switch response[.connection]?.lowercased() {
        case "close": response.keepsAlive = false
        case "keep-alive": response.keepsAlive = true
        default: break
        }
        if response.status.code < 200 {
            response = RuntimeAPIResponse()
            sawStatus = false
        } else if response.status == .noContent || response.status.code == 304 {
            phase = .done
        } else if let coding = response[.transferEncoding] {
            guard coding.lowercased() == "chunked" else { throw .malformed("transfer coding \(coding)") }
            phase = .chunkSize
        } else if let length = response[.contentLength] {
            guard let count = Int(length), count >= 0 else { throw .malformed("content length") }
            response.body.reserveCapacity(min(count, 1 << 23))
            phase = count == 0 ? .done : .sized(count)
        } else {
            response.keepsAlive = false
            phase = .untilClose
        }
    }

    /// The next line without its end, once it is complete.
    private mutating func line() throws(NetworkError) -> ArraySlice<UInt8>? {
        let from = max(scanned, position)
        guard let feed = pending[from...].firstIndex(of: 0x0a) else {
            scanned = pending.count
            guard pending.count - position < Self.longestLine else { throw .malformed("line too long") }
            return nil
        }
        let end = feed > position && pending[feed - 1] == 0x0d ? feed - 1 : feed
        defer { position = feed + 1 }
        return pending[position..<end]
    }

    /// Moves at most `count` bytes to the body.
    private mutating func take(_ count: Int) throws(NetworkError) -> Int {
        let taken = min(count, pending.count - position)
        guard response.body.count + taken <= Self.largestBody else { throw .malformed("body of more than \(Self.largestBody) bytes") }
        response.body.append(contentsOf: pending[position..<(position + taken)])
        position += taken
        return taken
    }
}
