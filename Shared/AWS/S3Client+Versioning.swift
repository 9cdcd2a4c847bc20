extension S3Client {
    /// Enables versioning of a bucket: a later write to a key adds a version and removes none.
    package func keepVersions(of bucket: String, deadline: ContinuousClock.Instant) async throws(AWSError) {
        let body =
            #"<VersioningConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Status>Enabled</Status></VersioningConfiguration>"#
        _ = try await call(
            "PUT", bucket: bucket, key: nil, query: "versioning=", headers: [("Content-Type", "application/xml")],
            body: Array(body.utf8), deadline: deadline)
    }
}
