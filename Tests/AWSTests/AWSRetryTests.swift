import AWS
import HTTP
import Testing

@Suite struct AWSRetryTests {
    @Test func `Pauses follow the standard mode of 2026`() {
        let policy = AWSRetryPolicy()
        #expect(policy.pause(retry: 0, isThrottled: false, requested: nil, random: 0.5) == .milliseconds(25))
        #expect(policy.pause(retry: 2, isThrottled: false, requested: nil, random: 0.5) == .milliseconds(100))
        #expect(policy.pause(retry: 0, isThrottled: true, requested: nil, random: 0.5) == .milliseconds(500))
        #expect(policy.pause(retry: 20, isThrottled: true, requested: nil, random: 1) == .seconds(20))
        #expect(policy.pause(retry: 0, isThrottled: false, requested: .seconds(2), random: 0.5) == .seconds(2))
        #expect(policy.pause(retry: 0, isThrottled: false, requested: .seconds(60), random: 0) == .seconds(5))
    }

    @Test func `The budget of retries ends and comes back`() {
        let quota = AWSRetryQuota()
        var taken = 0
        while quota.take(isThrottled: false) != nil { taken += 1 }
        #expect(taken == 500 / 14)
        #expect(quota.take(isThrottled: true) == 5)
        quota.succeeded(afterTaking: 14)
        quota.succeeded(afterTaking: nil)
        #expect(quota.available == 500 - 35 * 14 - 5 + 15)
    }

    @Test func `Credentials do not print their secret`() throws {
        let credentials = try Credentials.fromEnvironment([
            "AWS_ACCESS_KEY_ID": "AK", "AWS_SECRET_ACCESS_KEY": "hush", "AWS_SESSION_TOKEN": "",
        ])
        #expect(credentials.sessionToken == nil)
        #expect(!"\(credentials) \(String(reflecting: credentials))".contains("hush"))
        #expect(throws: AWSError.self) { try Credentials.fromEnvironment([:]) }
    }

    @Test func `Hosts and styles follow the bucket and the region`() {
        let client = S3Client(.init(), environment: ["AWS_REGION": "eu-west-1"])
        #expect(client.url(bucket: "raw", key: "a b") == "https://raw.s3.eu-west-1.amazonaws.com/a%20b")
        #expect(client.url(bucket: "raw.data", key: "k") == "https://s3.eu-west-1.amazonaws.com/raw.data/k")
        #expect(AWSEndpoint.host("s3", "cn-north-1") == "s3.cn-north-1.amazonaws.com.cn")
    }
}
