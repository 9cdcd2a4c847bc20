/// Trains models with the usual code, rows and inputs, but fewer steps: enough for leak checks, in a fraction of the time.
package enum ReducedTraining {
    private static let trees = 4, batches = 2

    /// - Throws: the errors of the family's own `fit`.
    package static func fit(_ family: any ForecastModel.Type, _ set: TrainingSet, seed: UInt64) throws -> any ForecastModel {
        switch family {
        case is BoostedTrees.Type:
            var settings = QuantileBooster.Settings()
            settings.trees = trees
            return try BoostedTrees.fit(set, settings, threads: BoostedTrees.threads, seed: seed)
        case is LSTM.Type: return try LSTM.fit(set, short(LSTMNet.configuration), seed: seed)
        case is Transformer.Type: return try Transformer.fit(set, short(TransformerNet.configuration), seed: seed)
        default: return try family.fit(set, seed: seed)
        }
    }

    private static func short(_ configuration: SequenceConfiguration) -> SequenceConfiguration {
        var configuration = configuration
        configuration.rounds = 1
        configuration.roundSamples = batches * configuration.batch
        return configuration
    }
}
