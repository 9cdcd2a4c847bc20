import Formats
import HTTP

/// The password of RDS IAM authentication: a presigned URL without its scheme, good for a login within 15 minutes.
package enum RDSToken {
    /// - Parameter host: the instance's or cluster's own endpoint, not an alias of it.
    package static func make(
        host: String, port: Int = 5432, user: String, region: String, credentials: Credentials, at time: SigningTime
    ) throws(AWSError) -> String {
        String(try signed(host: host, port: port, user: user, region: region, credentials: credentials, at: time).request.url.dropFirst(8))
    }

    /// The token as a signed `https` request, with its intermediate texts.
    package static func signed(
        host: String, port: Int, user: String, region: String, credentials: Credentials, at time: SigningTime
    ) throws(AWSError) -> SignedRequest {
        let request = HTTPRequest("GET", "https://\(host):\(port)/?Action=connect&DBUser=\(PercentEncoding.encode(user))")
        return try SigV4Signer(credentials, region: region, service: "rds-db").presign(request, expires: 900, at: time)
    }
}
