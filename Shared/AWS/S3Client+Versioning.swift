extension S3Client {
    /// Switches a bucket's versioning on: each object then keeps all that was ever put under its key.
    package func keepVersions(of bucket: String, deadline: ContinuousClock.Instant) async throws(AWSError) {
        let body =
            #"<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>"#
        _ = try await call(
            "PUT", bucket: bucket, key: nil, query: "versioning=", headers: [("Content-Type", "application/xml")],
            body: Array(body.utf8), deadline: deadline)
    }
}
