import Emulator
import Foundation

/// The project's template with parameters for the local servers and those that the user set.
struct LocalTemplate {
    static let stack = "bellwether"
    let template: Template

    init(_ paths: ProjectPaths, servers: LocalServers, settings: LocalSettings, marketURL: String?) throws {
        let source = settings.source ?? .sample
        var overrides = settings.parameters ?? [:]
        overrides["DatabaseUrl"] = servers.databaseURL
        overrides["BucketName"] = servers.bucket
        overrides["Provider"] = source == .sample ? "yahoo" : source.rawValue
        if let marketURL {
            overrides["ProviderBaseUrl"] = marketURL
            // The sample market has no rate limit.
            overrides["ProviderOptions"] = overrides["ProviderOptions"] ?? #"{"yahoo":{"per_minute":1000000,"concurrency":64}}"#
        }
        var template = try Template.load(file: paths.template, overrides: overrides, folder: paths.project, stack: Self.stack)
        let key = ProcessInfo.processInfo.environment["BELLWETHER_PROVIDER_KEY"]
        for index in template.functions.indices {
            var function = template.functions[index]
            if function.codePath.hasSuffix("/.bellwether/bundle") { function.codePath = paths.bundle }
            function.environment["PGPASSWORD"] = function.environment["DATABASE_USER"].flatMap { servers.secrets.postgresPasswords[$0] }
            if function.environment["PROVIDER_SECRET_ARN"] != nil, let key { function.environment["PROVIDER_API_KEY"] = key }
            template.functions[index] = function
        }
        self.template = template
    }

    /// Environment variables of every function: S3 credentials and endpoint.
    static func environment(_ servers: LocalServers) -> [String: String] {
        [
            "AWS_ACCESS_KEY_ID": servers.secrets.s3AccessKey, "AWS_SECRET_ACCESS_KEY": servers.secrets.s3SecretKey,
            "AWS_ENDPOINT_URL_S3": servers.s3Endpoint,
        ]
    }
}
