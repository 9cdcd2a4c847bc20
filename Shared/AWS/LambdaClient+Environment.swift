import HTTP

extension LambdaClient {
    /// A client of its own connections, for a program that talks to Lambda alone. `environment` as above.
    package convenience init(environment: [String: String]) {
        self.init(HTTPClient(caFile: CertificateFile.find(environment)), environment: environment)
    }
}
