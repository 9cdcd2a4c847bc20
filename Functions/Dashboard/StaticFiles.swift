import FoundationEssentials
import Hashing
import LambdaEvents

/// The page's files, bundled beside `bootstrap` in `web/`.
struct StaticFiles: Sendable {
    private struct File: Sendable {
        let body: [UInt8]
        let type: String
        let tag: String
    }

    private static let types = [
        "html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8",
        "svg": "image/svg+xml",
        "txt": "text/plain; charset=utf-8", "png": "image/png",
    ]

    private static let security = [
        "content-security-policy":
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
        "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    ]

    private let folder: String

    /// - Parameter folder: holds `index.html`; files below other folders are not served.
    init(folder: String) { self.folder = folder }

    /// The response with the file, 304 for an unchanged file, or a 404 problem.
    func response(to request: HTTPAPIRequest) throws -> HTTPAPIResponse {
        let path = request.rawPath
        let name = path == "/" ? "index.html" : path.hasPrefix("/assets/") ? String(path.dropFirst("/assets/".count)) : ""
        guard let file = load(name) else { return HTTPAPIResponse(.notFound(path)) }
        var headers = Self.security
        headers["content-type"] = file.type
        headers["etag"] = file.tag
        headers["cache-control"] = "no-cache"
        if request.header("if-none-match")?.split(separator: ",").contains(where: { $0.contains(file.tag) }) == true {
            return HTTPAPIResponse(statusCode: 304, headers: headers)
        }
        guard file.type.hasPrefix("image/png") else {
            return HTTPAPIResponse(statusCode: 200, headers: headers, body: String(decoding: file.body, as: UTF8.self))
        }
        return HTTPAPIResponse(statusCode: 200, headers: headers, bytes: file.body)
    }

    private func load(_ name: String) -> File? {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.allSatisfy({ !$0.isEmpty }), !name.contains("/"), let type = Self.types[String(parts.last ?? "")],
            let data = FileManager.default.contents(atPath: "\(folder)/\(name)")
        else { return nil }
        let body = [UInt8](data)
        return File(body: body, type: type, tag: "\"\(String(FNV1a64.hash(body), radix: 16))\"")
    }
}
