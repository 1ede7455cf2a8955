using '../../infra/main.bicep'

param environmentName = 'snapshot'
param location = 'swedencentral'
param principalId = '11111111-1111-1111-1111-111111111111'
