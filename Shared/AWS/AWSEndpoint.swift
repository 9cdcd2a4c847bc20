/// The region of a service and the URL at which it is called.
package struct AWSEndpoint: Sendable, Hashable {
    package let region: String
    /// From `AWS_ENDPOINT_URL_<SERVICE>` or `AWS_ENDPOINT_URL`, without a slash at the end; `nil` means AWS itself.
    package let custom: String?

    private let service: String

    /// - Parameters:
    ///   - service: the host's first label, such as `s3`, `lambda`, `secretsmanager`.
    ///   - variable: the service's part of the variable's name, such as `S3`, `LAMBDA`, `SECRETS_MANAGER`.
    package init(service: String, variable: String, _ environment: [String: String]) {
        func value(_ name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }
        self.service = service
        region = value("AWS_REGION") ?? value("AWS_DEFAULT_REGION") ?? "us-east-1"
        let ignores = environment["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"]?.lowercased() == "true"
        let url = ignores ? nil : value("AWS_ENDPOINT_URL_\(variable)") ?? value("AWS_ENDPOINT_URL")
        custom = url.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
    }

    /// The scheme, host and port of the service.
    package var url: String { custom ?? "https://\(Self.host(service, region))" }

    /// AWS's host of a service: `service.region.amazonaws.com`, or the Chinese partition's domain.
    package static func host(_ service: String, _ region: String) -> String {
        "\(service).\(region).amazonaws.com" + (region.hasPrefix("cn-") ? ".cn" : "")
    }

    /// Whether a text that a server sent has the form of a region, so that it may become part of a host name.
    static func isRegion(_ text: String) -> Bool {
        (3...32).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }
}
