extension FeatureEngine {
    /// The order of the fields and the depth of the windows; another one is another number.
    private static let layout = 3

    /// Everything that later answers depend on, as about 8 kB. Equal histories have equal states, to the byte.
    package var state: [UInt8] {
        var writer = StateWriter()
        var (layout, copy) = (FeatureEngine.layout, self)
        writer.pass(&layout)
        copy.pass(&writer)
        return writer.bytes
    }

    /// The engine that goes on where the one with this `state` stood, to the bit; nil for bytes of another layout.
    package init?(state: [UInt8]) {
        self.init()
        var reader = StateReader(state)
        var layout = 0
        reader.pass(&layout)
        guard layout == FeatureEngine.layout else { return nil }
        pass(&reader)
        guard reader.isWhole else { return nil }
    }
}
