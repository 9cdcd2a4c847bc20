/// An event that reads its usual form by itself, for functions that are called so often that `JSONDecoder` counts.
package protocol SelfReading {
    /// nil leaves the event to `Decodable`, errors included.
    init?(reading bytes: [UInt8])
}
