extension ExchangeTable {
    /// Markets of no one place: coins trade always, currencies on weekdays, American futures from the evening before. They have no code of
    /// ISO 10383; the first name of each is the reference's.
    static let worldwide = """
        24/7,CRYPTO UTC 1990-01-01 2100-12-31
          week 1234567
          hours 0000-2400
        24/5,FOREX UTC 1990-01-01 2100-12-31
          hours 0000-2400
        us_futures America/New_York 1990-01-01 2100-12-31
          hours -0600-1800
          holidays 0101+; 1225~; E-2
        """
}
