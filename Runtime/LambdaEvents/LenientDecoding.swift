extension KeyedDecodingContainer {
    /// The value of a member that no function uses; nil when it is missing, null or of another type.
    ///
    /// Emulators and gateways other than AWS's leave such members out or fill them differently, and a function must not fail for them.
    func unused<Value: Decodable>(_ key: Key) -> Value? {
        do { return try decodeIfPresent(Value.self, forKey: key) } catch { return nil }
    }
}
